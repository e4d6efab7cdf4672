// A frame that scrolls can be reached and moved by keys in every browser; one that does not is no stop on the way.
const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

for (const frame of document.querySelectorAll(".wide, .picture")) watch.observe(frame);
