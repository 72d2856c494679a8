/** Elements that match, the root itself included. */
export function all(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  if (root instanceof Element && root.matches(selector)) found.unshift(root);
  return found;
}

/** Run `setup` once per element, however often a fragment is swapped in. */
export function each(root, selector, setup) {
  for (const element of all(root, selector)) {
    const key = `ax${selector.replace(/\W/g, "")}`;
    if (element[key]) continue;
    element[key] = true;
    setup(element);
  }
}

/** Run `setup` once for the page. */
export function once(setup) {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    setup();
  };
}

/** A text the server has put on <body data-text-…>, so that scripts carry no words of their own. */
export function text(name, values = {}) {
  const source = document.body.dataset[`text${name[0].toUpperCase()}${name.slice(1)}`] || "";
  return source.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

/** An icon of the sprite. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "ax-icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.sprite}#${name}`);
  svg.append(use);
  return svg;
}
