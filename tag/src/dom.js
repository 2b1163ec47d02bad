// Building what visitors see: elements and text nodes only.

export function node(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value != null) element.setAttribute(name, value);
  element.append(...children.filter(Boolean));
  return element;
}

/** An address that may be followed or loaded, or null: never javascript: and its like. */
export function address(url) {
  try {
    return url && /^(https?|mailto|tel):/.test(new URL(url, location.href).protocol) ? url : null;
  } catch {
    return null;
  }
}
