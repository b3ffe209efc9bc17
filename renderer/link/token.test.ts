import { expect, test } from 'vitest'
import { forgetToken, takeToken, type TokenWindow } from './token'

/** A browser window at an address, with the storage of its tab. */
function windowAt(address: string, kept = new Map<string, string>()) {
  let url = new URL(address)
  const shown: string[] = []
  const window: TokenWindow = {
    get location() {
      return { hash: url.hash, pathname: url.pathname, search: url.search }
    },
    history: {
      replaceState: (_state, _unused, next) => {
        url = new URL(String(next), url)
        shown.push(url.href)
      },
    },
    sessionStorage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
  }
  return { window, shown, kept }
}

test('a token in the address is taken out of it, path and query stay, and a reload finds it', () => {
  const { window, shown, kept } = windowAt('http://127.0.0.1:4000/?a=1#secret')
  expect(takeToken(window)).toBe('secret')
  expect(shown).toEqual(['http://127.0.0.1:4000/?a=1'])
  expect(takeToken(window)).toBe('secret')
  expect(takeToken(windowAt('http://127.0.0.1:4000/', kept).window)).toBe('secret')
})

test('a token in the address comes before the one that was kept', () => {
  const { kept } = windowAt('http://127.0.0.1:4000/#old')
  const { window } = windowAt('http://127.0.0.1:4000/#new', kept)
  expect([takeToken(window), takeToken(window)]).toEqual(['new', 'new'])
})

test('a tab without a token has none, and neither has one whose token was forgotten', () => {
  const { window, shown } = windowAt('http://127.0.0.1:4000/#')
  expect(takeToken(window)).toBeUndefined()
  expect(shown).toEqual([])
  const other = windowAt('http://127.0.0.1:4000/#secret')
  takeToken(other.window)
  forgetToken(other.window)
  expect([takeToken(other.window), other.kept.size]).toEqual([undefined, 0])
})

test('where a page may keep nothing the token is still taken, and still out of the address', () => {
  const { window, shown } = windowAt('http://127.0.0.1:4000/#secret')
  const denied: TokenWindow = {
    location: window.location,
    history: window.history,
    get sessionStorage(): never {
      throw new DOMException('denied', 'SecurityError')
    },
  }
  expect(takeToken(denied)).toBe('secret')
  expect(shown).toEqual(['http://127.0.0.1:4000/'])
  expect(() => forgetToken(denied)).not.toThrow()
})
