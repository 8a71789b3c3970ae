// Files by drag and drop, and what was chosen in words; without JavaScript the form works as it is.
const shown = 5;

function tell(input) {
  const list = document.querySelector(`[data-list="${input.id}"]`);
  if (!list) return;
  const names = [...input.files].map((file) => file.webkitRelativePath || file.name);
  const more = names.length > shown ? ` and ${names.length - shown} more` : "";
  list.textContent = names.length ? `${names.length} chosen: ${names.slice(0, shown).join(", ")}${more}` : "";
}

for (const input of document.querySelectorAll('input[type="file"]')) {
  input.addEventListener("change", () => tell(input));
}

for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = document.getElementById(zone.dataset.drop);
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const given = new DataTransfer();
    // A dropped folder comes as an entry without bytes: it is chosen by the folder field instead.
    for (const item of event.dataTransfer.items) {
      const entry = item.webkitGetAsEntry?.();
      const file = item.getAsFile();
      if (file && !entry?.isDirectory) given.items.add(file);
    }
    for (const file of input.files) given.items.add(file);
    input.files = given.files;
    tell(input);
  });
}

document.getElementById("submit-form")?.addEventListener("submit", (event) => {
  const sending = document.getElementById("sending");
  if (sending) sending.textContent = "Sending the files…";
  event.submitter?.setAttribute("aria-disabled", "true");
});
