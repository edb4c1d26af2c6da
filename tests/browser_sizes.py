"""What a thumb cannot hit: asked of a page by a script."""

from __future__ import annotations

# Buttons, fields and links that stand alone; a link in a sentence or in a cell of a table is text (WCAG 2.5.8).
TOO_SMALL = """() => [...document.querySelectorAll(
    'button, input:not([type=hidden]), select, textarea, summary, [role=button], nav a, .todo a, .tile a')]
  .filter(each => { const box = each.getBoundingClientRect(), style = getComputedStyle(each);
    if (!box.width || !box.height || style.visibility === 'hidden') return false;
    if (each.matches('[type=checkbox], [type=radio]')) {
      const label = document.querySelector(`label[for="${each.id}"]`);
      return !label || Math.max(box.height, label.getBoundingClientRect().height) < 43.5; }
    return box.height < 43.5 || box.width < 43.5; })
  .map(each => `${each.tagName} ${Math.round(each.getBoundingClientRect().width)}x`
    + `${Math.round(each.getBoundingClientRect().height)} ${(each.textContent || each.name || '').slice(0, 40)}`)"""
