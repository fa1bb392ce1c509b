// The contrast ratio (WCAG 2) of the text of each selector's first element against what lies behind it.
(selectors) => {
  const linear = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).map((value) => linear(value / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (item) => {
    const colour = getComputedStyle(item).backgroundColor;
    return /, 0\)$/.test(colour) && item.parentElement ? ground(item.parentElement) : colour;
  };
  return selectors.map((selector) => {
    const item = document.querySelector(selector);
    const text = luminance(getComputedStyle(item).color);
    const behind = luminance(ground(item));
    return (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
  });
}
