// Comforts on top of pages that work without them.
import "./menu.js";
import "./dialog.js";
import "./draft.js";
import "./live.js";
import "./search.js";
