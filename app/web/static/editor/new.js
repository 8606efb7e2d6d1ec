// Proposes a course's address from its English title until somebody writes one.
const address = document.querySelector("input[name=slug]");
const title = document.querySelector("input[name=title_en]");
let own = Boolean(address.value);
address.addEventListener("input", () => { own = Boolean(address.value); });
title.addEventListener("input", () => {
  if (own) return;
  const plain = title.value.normalize("NFKD").toLowerCase();
  address.value = (plain.match(/[a-z0-9]+/g) ?? []).join("-").slice(0, 80).replace(/-$/, "");
});
