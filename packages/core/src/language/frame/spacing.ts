/**
 * Sets a space between Chinese characters and Latin letters, digits or signs that stand beside them, as print does. Text
 * between quotes stays as it was written.
 */
export function spaceChinese(text: string): string {
  return text
    .split(/(“[^”]*”)/)
    .map((part, index) => (index % 2 === 1 ? part : spaced(part)))
    .join('')
}

function spaced(text: string): string {
  return text
    .replace(/(\p{Script=Han})([-−]?[A-Za-z0-9≥])/gu, '$1 $2')
    .replace(/([A-Za-z0-9%])(\p{Script=Han})/gu, '$1 $2')
    .replace(/ {2,}/g, ' ')
    .replaceAll(' （', '（')
    .trim()
}
