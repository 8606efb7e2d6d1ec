"""What this room keeps of people: nothing (see ``kernel.personal``)."""

from app.kernel.personal import impersonal

impersonal("labs", "labs", "lab_versions", "lab_cells", "lab_files")
