// Mends one line of xterm.js 6.0.0 on its way into the page: the colour of inverse text.
//
// Its DOM renderer raises the contrast of inverse text in the default colour as if that text had the foreground's colour, which
// is its background then: black on white becomes grey on white, and so does all inverse text. The mended line takes the
// background's colour. If another version of xterm.js changes the line, the build fails: check whether the mend is still needed.
// Source: xterm.js 6.0.0 src/browser/renderer/dom/DomRendererRowFactory.ts, `case Attributes.CM_DEFAULT` of the foreground.

const FAULT = /(_applyMinimumContrast\(\w+,\w+,)(\w+)\.foreground((?:,\w+){3}\)\|\|(\w+)&&)/g

/** The mended text of xterm's module. Throws where the fault is not there exactly once. */
export function mendInverse(code) {
  const count = code.match(FAULT)?.length ?? 0
  if (count !== 1)
    throw new Error(`xterm.js has the line of inverse text ${count} times, not once: see build/xterm.mjs`)
  return code.replace(FAULT, '$1($4?$2.background:$2.foreground)$3')
}

/** The Vite plugin. */
export function mendedXterm() {
  return {
    name: 'mended-xterm',
    enforce: 'pre',
    transform(code, id) {
      return id.endsWith('@xterm/xterm/lib/xterm.mjs') ? { code: mendInverse(code), map: null } : undefined
    },
  }
}
