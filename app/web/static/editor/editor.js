// The course editor: fields that save themselves, an outline to drag, texts with a preview.
import "./autosave.js";
import "./markdown.js";
import "./outline.js";
