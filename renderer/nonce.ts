// Lets libraries style elements at run time under a policy that allows styles by nonce only.
//
// Imported first by main.tsx. xterm.js makes <style> elements while it draws and knows nothing of nonces: they get the
// nonce of the script that loaded this page. It also sets `style` attributes (24-bit colours, colours raised to the
// minimum contrast), which no nonce can allow: those go through the CSSOM, which the policy does not govern. Without a
// nonce (development server) nothing is changed.

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

  // Laid over the inherited method, which does everything but styles of HTML elements.
  Object.defineProperty(HTMLElement.prototype, 'setAttribute', {
    value: function (this: HTMLElement, name: string, value: string): void {
      if (name === 'style') this.style.cssText = value
      else Element.prototype.setAttribute.call(this, name, value)
    },
    configurable: true,
    writable: true,
  })
}
