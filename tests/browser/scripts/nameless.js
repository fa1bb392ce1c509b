// The controls and pictures that a screen reader could not name.
() =>
  [...document.querySelectorAll('input, select, button, meter, canvas:not([aria-hidden=true])')]
    .filter((item) => !item.labels?.length && !item.ariaLabel && !item.hasAttribute('aria-labelledby'))
    .filter((item) => !item.textContent.trim())
    .map((item) => item.outerHTML)
