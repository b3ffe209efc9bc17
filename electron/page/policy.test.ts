import { expect, it } from 'vitest'
import { contentSecurityPolicy } from './policy'

it('lets a page connect to what it is told only, and nowhere by default', () => {
  expect(contentSecurityPolicy('n', ['ws://127.0.0.1:1'])).toContain('; connect-src ws://127.0.0.1:1;')
  const none = contentSecurityPolicy('n', [])
  expect(none).not.toContain('connect-src')
  expect(none).toMatch(/^default-src 'none'; script-src 'nonce-n'; style-src 'nonce-n';/)
  expect(none).not.toMatch(/unsafe|\*|https?:|wss?:/)
})

it('lets the page with the player compile WebAssembly, and turn no text into a script', () => {
  const policy = contentSecurityPolicy('n', [], { hasPlayer: true })
  expect(policy).toMatch(/^default-src 'none'; script-src 'nonce-n' 'wasm-unsafe-eval'; style-src 'nonce-n';/)
  expect(policy.replace("'wasm-unsafe-eval'", '')).not.toContain('unsafe')
})
