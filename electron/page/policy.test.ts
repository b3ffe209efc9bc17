import { expect, it } from 'vitest'
import { contentSecurityPolicy } from './policy'

it('lets a page connect to what it is told only, and nowhere by default', () => {
  expect(contentSecurityPolicy('n', ['ws://127.0.0.1:1'])).toContain('; connect-src ws://127.0.0.1:1;')
  const none = contentSecurityPolicy('n', [])
  expect(none).not.toContain('connect-src')
  expect(none).toMatch(/^default-src 'none'; script-src 'nonce-n'; style-src 'nonce-n';/)
  expect(none).not.toMatch(/unsafe|\*|https?:|wss?:/)
})
