// Lets libraries add styles at run time under a policy that allows nonces only.
//
// Imported first by main.tsx: xterm.js makes <style> elements while it draws and knows nothing of nonces. The nonce is
// the one of the script that loaded this page; without one (development server) nothing is changed.

const nonce = document.querySelector('script[nonce]')
const value = nonce instanceof HTMLScriptElement ? nonce.nonce : ''

if (value !== '') {
  const create: (name: string, options?: ElementCreationOptions) => HTMLElement = document.createElement.bind(document)
  const withNonce = (name: string, options?: ElementCreationOptions): HTMLElement => {
    const element = create(name, options)
    if (element instanceof HTMLStyleElement) element.nonce = value
    return element
  }
  Object.defineProperty(document, 'createElement', { value: withNonce, configurable: true, writable: true })
}
