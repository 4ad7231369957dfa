"""What can be measured of a page that somebody looks at: cut, overlapping, too small, unreadable."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.ground.browser import violations

# Links in running text may be lower (WCAG 2.2 §2.5.8); whatever stands alone is touched by thumbs.
LEAST_TARGET = 44
MEASURES = """([least, is_one_screen]) => {
  const found = [];
  const name = part => part.tagName.toLowerCase() + (part.id ? "#" + part.id : "") +
    " “" + (part.innerText || part.value || part.getAttribute("alt") || "").trim().slice(0, 40) + "”";
  const is_seen = part => part.checkVisibility() && part.getClientRects().length > 0;
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) found.push("wider than the screen");
  for (const part of document.querySelectorAll("body *")) {
    if (!is_seen(part) || part.closest("svg, select, .hidden, .table, table")) continue;
    const box = part.getBoundingClientRect();
    if (part.children.length === 0 && part.textContent.trim() && part.tagName !== "TEXTAREA"
        && getComputedStyle(part).display !== "inline"
        && (part.scrollWidth > part.clientWidth + 1
          || getComputedStyle(part).overflowY !== "visible" && part.scrollHeight > part.clientHeight + 1))
      found.push("cut: " + name(part));
    if (is_one_screen && box.bottom > innerHeight + 1) found.push("below the edge: " + name(part));
    if (box.right > width + 1 && box.width > 1) found.push("beyond the edge: " + name(part));
  }
  const targets = document.querySelectorAll("a[href], button, summary, select, textarea, input");
  for (let part of targets) {
    if (!is_seen(part) || part.type === "hidden" || part.closest(".hidden, .skip")) continue;
    if (part.tagName === "INPUT" && /radio|checkbox/.test(part.type)) part = part.closest("label") || part;
    const box = part.getBoundingClientRect();
    const is_in_text = part.tagName === "A" && getComputedStyle(part).display === "inline"
      && part.parentElement.textContent.trim().length > part.textContent.trim().length;
    if (!is_in_text && (box.height < least - .5 || box.width < least - .5))
      found.push(`target ${Math.round(box.width)}x${Math.round(box.height)}: ` + name(part));
  }
  return [...new Set(found)];
}"""


def measured(page: Page, *, is_one_screen: bool) -> list[str]:
    """What is cut, lies beyond the edge or is too small to touch."""
    found: list[str] = page.evaluate(MEASURES, [LEAST_TARGET, is_one_screen])
    return found


def unreadable(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA."""
    return violations(page)
