"""``banyan autograde``: the engine for any nbgrader course folder, without the site.

Reads ``source/`` and ``submitted/``, writes ``autograded/`` and the rows of ``gradebook.db`` as
``nbgrader autograde`` does. Knows no Flask, no database of the site and no configuration of it.
"""
