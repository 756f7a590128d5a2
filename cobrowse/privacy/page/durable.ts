// Which words of a page's markup somebody chose, and which a tool made up: only the former are there again after the next deployment.

/** Names that libraries count through: their numbers shift with every change of a page. */
const counted =
  /^(:|«|_r_|radix|headlessui|react-aria|react-select|mui-|ember|ext-|yui|mat-|cdk-|ng-|__bvid__|el-id|downshift|rc_|rc-|chakra-|aria-|uid|auto-id|tippy|popper|select2|ui-id|mce_|gwt|isc_|j_id|ctl\d)/i;

/** Small numbers that mean something after these words. */
const numbered = /(^|[-_. [])(address|addr|line|street|phone|tel|email|step|option|opt|name|level|answer|question|q|h|page|part|col)[-_ ]?[1-9]$/i;

/** Whether a word looks chosen: no counter, no hash, nothing that could be somebody's data. */
export function isChosen(word: string): boolean {
  if (!word || word.length > 64 || /[^\w\-.:[\]]/.test(word)) return false;
  if (/\d{3}/.test(word) || counted.test(word)) return false;
  return partsOf(word).every((p) => !isHash(p));
}

/** An id: a number at its end is a counter unless the word before it gives it a meaning. */
export function isChosenId(id: string): boolean {
  return isChosen(id) && (!/\d$/.test(id) || numbered.test(id) || numbered.test(id.replace(/([a-z])(\d)$/i, "$1-$2")));
}

function partsOf(word: string): string[] {
  return word.split(/[-_.:[\]]+/).filter(Boolean);
}

/** Letters and digits in a heap, humps too short for words, or no vowel at all. */
function isHash(part: string): boolean {
  if (part.length < 5) return /\d[a-z]+\d/i.test(part) && part.length > 3;
  if (/\d/.test(part)) return !/^[a-z]+\d{1,2}$/i.test(part) && !/^\d{1,2}[a-z]+$/i.test(part);
  if (!/[aeiouy]/i.test(part)) return true;
  const humps = part.split(/(?=[A-Z])/);
  return humps.length > 2 && part.length / humps.length < 2.6 && part !== part.toUpperCase();
}

/** Classes that say how a thing looks or stands at this moment, not what it is. */
const looks = new RegExp(
  "^-?(m|p)[trblxyse]?-|^(w|h|min|max|gap|bg|border|rounded|flex|grid|col|row|items|justify|font|leading|tracking|shadow|z|" +
    "inset|opacity|overflow|cursor|align|float|ring|divide|outline|transition|duration|delay|ease|animate|rotate|translate|transform|aspect|" +
    "whitespace|break|fill|stroke|sr|d|g|gx|gy|fs|fw|lh|is|has|js|ng|svelte|no|css|sc|jss|tw|emotion|ant|v|fa|u)(-|$)|" +
    "^(order|content|place|object|self|text|icon|top|left|right|bottom|space|scale)-(\\d|\\[|(x|y|xs|sm|md|lg|xl|\\dxl|first|last|none|center|start|end|between|around|evenly|" +
    "contain|cover|fill|auto|left|right|top|bottom|base|muted|white|black|gray|grey|primary|secondary|danger|success|warning|info|full|wrap|nowrap)(-|$))|" +
    "^(block|inline|hidden|absolute|relative|fixed|sticky|static|container|clearfix|visible|invisible|table|truncate|uppercase|lowercase|capitalize|underline|italic|" +
    "antialiased|active|disabled|enabled|focus|focused|hover|open|opened|closed|selected|checked|show|shown|fade|in|out|first|last|odd|even|even-row|odd-row|current|" +
    "collapsed|expanded|loading|loaded|dirty|touched|pristine|valid|invalid|error|success|warning|primary|secondary|small|large|big|wrapper|wrap|inner|outer|left|right|" +
    "center|clear|bold|light|dark|full|half|box|item|title|label|value|text|row|col|column)$",
  "i",
);

export function isTelling(name: string): boolean {
  return name.length > 2 && !/[:/[\]!@%]/.test(name) && !looks.test(name) && isChosen(name);
}

/** The chosen part of a CSS-module class (Checkout_total__x7Yz2): file and local name stand before the hash. "" for other classes. */
export function moduleName(name: string): string {
  const found = /^([A-Za-z][\w-]*_[A-Za-z][\w-]*__)[A-Za-z0-9+_-]{5,8}$/.exec(name);
  const chosen = found?.[1] ?? "";
  return chosen && partsOf(chosen).every((p) => !isHash(p)) ? chosen : "";
}

/** Attributes in which people give a thing a name, each with what a rule that uses it relies on. */
export const naming: readonly (readonly [attribute: string, by: string])[] = [
  ["name", "name"], ["formcontrolname", "name"], ["itemprop", "name"], ["data-field", "name"], ["data-name", "name"],
  ["data-testid", "test"], ["data-test-id", "test"], ["data-test", "test"], ["data-qa", "test"], ["data-cy", "test"], ["data-automation-id", "test"], ["data-e2e", "test"],
];
