// Lets libraries add styles at run time under a policy that allows styles by nonce only.
//
// Imported first by main.tsx. xterm.js creates <style> elements while it renders and does not know nonces: they get the nonce
// of the script that loaded this page. xterm.js also sets `style` attributes (24-bit colours, colours raised to the minimum
// contrast), which no nonce can allow: those are set through the CSSOM, which the policy does not govern. Without a nonce
// (development server) nothing is changed.

const script = document.querySelector('script[nonce]')
const nonce = script instanceof HTMLScriptElement ? script.nonce : ''

if (nonce !== '') {
  const create: (name: string, options?: ElementCreationOptions) => HTMLElement = document.createElement.bind(document)
  const withNonce = (name: string, options?: ElementCreationOptions): HTMLElement => {
    const element = create(name, options)
    if (element instanceof HTMLStyleElement) element.nonce = nonce
    return element
  }
  Object.defineProperty(document, 'createElement', { value: withNonce, configurable: true, writable: true })

  // Overrides the inherited method, which still handles everything except the styles of HTML elements.
  Object.defineProperty(HTMLElement.prototype, 'setAttribute', {
    value: function (this: HTMLElement, name: string, value: string): void {
      if (name === 'style') this.style.cssText = value
      else Element.prototype.setAttribute.call(this, name, value)
    },
    configurable: true,
    writable: true,
  })
}
