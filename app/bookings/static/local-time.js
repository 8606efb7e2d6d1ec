// Times are those of Taipei; who reads elsewhere also sees her own beside them.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const offset = (at, timeZone) =>
  new Intl.DateTimeFormat("en", { timeZone, dateStyle: "short", timeStyle: "short" }).format(at);

for (const place of document.querySelectorAll("[data-local-time]")) {
  const at = new Date(place.dataset.localTime);
  if (zone && offset(at, zone) !== offset(at, "Asia/Taipei")) {
    const words = new Intl.DateTimeFormat(document.documentElement.lang, {
      timeZone: zone, weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit",
    }).format(at);
    place.textContent = `${words} (${zone})`;
  }
}
