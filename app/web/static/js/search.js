// "/" brings the reader to the field of the search: the page's own, the header's, or the search page.
const isTyping = (element) =>
  element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target)) return;
  const fields = [...document.querySelectorAll("[data-search-field]")].filter((f) => f.offsetParent);
  const field = fields.find((f) => f.dataset.searchField === "page") ?? fields[0];
  const link = document.querySelector(".site-search-link");
  if (!field && !link) return;
  event.preventDefault();
  if (field) {
    field.focus();
    field.select();
  } else {
    location.assign(link.href);
  }
});
