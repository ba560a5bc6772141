// Makes elements. Text goes in as text: nothing here, and nothing in the page, parses markup.

/**
 * @param {string} tag "div", or "div.class.class"
 * @param {...any} rest attributes first, if it is an object (functions are listeners, null and false are left out); children
 * @returns {HTMLElement}
 */
function el(tag, ...rest) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(' ');
  const attributes = rest[0]?.constructor === Object ? rest.shift() : null;
  return filled(element, attributes, rest);
}

/** The same for SVG. @param {string} name @param {Record<string, any>} [attributes] @param {...(Node|string)} children */
function svg(name, attributes, ...children) {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

/** @template {Element} T @param {T} element @param {Record<string, any>|null|undefined} attributes @param {any[]} children */
function filled(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') element.addEventListener(key, value);
    else if (key.startsWith('aria-') && value != null) element.setAttribute(key, String(value));
    else if (value != null && value !== false) element.setAttribute(key, value === true ? '' : String(value));
  }
  for (const child of children) {
    if (child != null && child !== false) element.append(typeof child === 'number' ? String(child) : child);
  }
  return element;
}

/** @template {HTMLElement} T @param {T} element @param {Record<string, string>} style */
function styled(element, style) {
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
  return element;
}

// Characters that a reader would not see, or that would reorder what is around them; not the zero-width joiner and the
// soft hyphen, which text needs (as is_control in core/text.hpp).
const hidden = /((?![\t\n\u200d\u00ad])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}])/gu;

/** @param {string} c */
function token(c) {
  const code = c.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `U+${hex.padStart(4, '0')}`;
}

/** Captured text in one line, harmless as a label. @param {string|null|undefined} text */
const shown = (text) => (text ?? '').replace(/[\t\n]/g, ' ').replace(hidden, token);

/** Captured text with what is hidden in it marked. @param {string} text @returns {(Node|string)[]} */
const marked = (text) => text.split(hidden).map((piece, i) => (i % 2 ? el('span.token', token(piece)) : piece));

/** Why there is nothing to see. @param {string} name a key of words */
const empty = (name) => el('p.empty', say(name));

/** @param {string} name a key of words, or the text itself @param {() => void} click @param {Record<string, any>} [more] */
const button = (name, click, more) => el('button', {type: 'button', click, ...more}, say(name));

/** A plain table. @param {string[]} headings keys of words, or text @param {(Node|string|number|null)[][]} rows @param {string} label a key of words */
function tableOf(headings, rows, label) {
  return el('table', {'aria-label': say(label)},
    el('thead', el('tr', ...headings.map((heading) => (heading ? el('th', {scope: 'col'}, say(heading)) : el('td'))))),
    el('tbody', ...rows.map((cells) => el('tr', ...cells.map((cell) => el('td', cell))))));
}

/** A part of the page that scrolls. @param {string} kind its class @param {string} name a key of words @param {...any} children */
const region = (kind, name, ...children) => el(`div.${kind}`, {tabindex: 0, role: 'region', 'aria-label': say(name)}, ...children);

/**
 * A row of tabs. @param {string[]} names keys of words @param {string} chosen @param {string} panel id of what they switch
 * @param {(name: string) => void} choose
 */
function tabs(names, chosen, panel, choose) {
  return el('div.tabs', {role: 'tablist'}, ...names.map((name) => button(name, () => choose(name), {
    role: 'tab', 'aria-selected': name === chosen, 'aria-controls': panel, id: `tab-${name}`,
  })));
}
