'use strict';
// What the page says, in English and Chinese: tables.json. {0} and {1} stand for arguments.

/** @type {Tables} */
let tables = {words: {}, compact: {}, methods: {}, statuses: [], good: [], even: []};

let language = document.documentElement.lang === 'zh-CN' ? 'zh-CN' : 'en';

/** @param {string} key @param {...(string|number)} values @returns {string} */
function say(key, ...values) {
  const pair = tables.words[key];
  if (!pair) return key;
  return pair[language === 'en' ? 0 : 1].replace(/\{(\d)\}/g, (_, i) => String(values[i]));
}

/** Seconds as people say them: "12 ms", "3.2 s", "1:02:05". @param {number} seconds */
function duration(seconds) {
  if (seconds < 1) return `${+(seconds * 1000).toPrecision(3)}\u00a0ms`;
  if (seconds < 60) return `${+seconds.toPrecision(3)}\u00a0s`;
  const whole = Math.round(seconds);
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
