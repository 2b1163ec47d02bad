// Building what visitors see: elements and text nodes only.

export function node(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value != null) element.setAttribute(name, value);
  element.append(...children.filter(Boolean));
  return element;
}

let policy;

/** The nodes of markup the server has cleaned. A page that enforces Trusted Types has to allow the policy `shopkeeper`. */
export function markup(source) {
  policy ??= window.trustedTypes?.createPolicy("shopkeeper", { createHTML: (html) => html });
  const template = document.createElement("template");
  template.innerHTML = policy ? policy.createHTML(source) : source;
  return template.content;
}
