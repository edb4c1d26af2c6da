"""The console: pages for clerks, coordinators, printing staff, inspectors and administrators, in Indonesian first.

`console` puts it together, `signing` says who looks, `pages` declares a page with its permission, `forms` reads what
was typed and says what is wrong with it, `tables` draws lists and hands them out as files, `language` writes words,
numbers and days, `menu` says what is where. Each feature has `views.py`; its templates are in `templates/<feature>/`.
"""
