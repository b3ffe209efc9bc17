import { expect, it } from 'vitest'
import { isOurPage, isPageUrl, isPermitted, mayNavigate, maySave, PAGE_URL, pagePath } from './address'

const development = 'http://127.0.0.1:5173/'
const page = { isOurs: true, isMainFrame: true, url: PAGE_URL }

it('knows the page by scheme, host and port, in a window and in development', () => {
  for (const url of ['culvert://app/', 'culvert://app/index.html?a=1#b', 'culvert://app']) {
    expect([url, isPageUrl(url, PAGE_URL)]).toEqual([url, true])
  }
  expect(isPageUrl('http://127.0.0.1:5173/main.tsx', development)).toBe(true)
  for (const url of [
    '',
    'culvert',
    'culvert://app.evil.example/',
    'culvert://evil/',
    'culvert://app:81/',
    'culvert://somebody@app/',
    'culvert://app@evil.example/',
    'culverts://app/',
    'blob:culvert://app/0b9c',
    'https://app/',
    'file:///app/',
    'about:blank',
    'data:text/html,culvert://app/',
  ]) {
    expect([url, isPageUrl(url, PAGE_URL)]).toEqual([url, false])
  }
  for (const url of ['http://127.0.0.1:5174/', 'https://127.0.0.1:5173/', 'http://localhost:5173/', PAGE_URL]) {
    expect([url, isPageUrl(url, development)]).toEqual([url, false])
  }
})

it('lets ask only the main document of our window on our address', () => {
  expect(isOurPage(page, PAGE_URL)).toBe(true)
  for (const change of [
    { isOurs: false },
    { isMainFrame: false },
    { url: undefined },
    { url: 'https://evil.example/' },
  ]) {
    expect(isOurPage({ ...page, ...change }, PAGE_URL)).toBe(false)
  }
})

it('permits our page the clipboard and nothing else to anybody', () => {
  expect(isPermitted('clipboard-sanitized-write', page, PAGE_URL)).toBe(true)
  expect(isPermitted('clipboard-read', page, PAGE_URL)).toBe(true)
  for (const permission of ['notifications', 'media', 'openExternal', 'fileSystem', 'hid', '']) {
    expect([permission, isPermitted(permission, page, PAGE_URL)]).toEqual([permission, false])
  }
  for (const change of [{ isOurs: false }, { isMainFrame: false }, { url: 'https://evil.example/' }]) {
    expect(isPermitted('clipboard-sanitized-write', { ...page, ...change }, PAGE_URL)).toBe(false)
    expect(isPermitted('clipboard-read', { ...page, ...change }, PAGE_URL)).toBe(false)
  }
})

it('lets texts and exports be saved that the page itself has made, and no other download', () => {
  const url = 'blob:culvert://app/0b9c2f0e-1111-4222-8333-444455556666'
  expect(maySave({ url, fileName: 'web-1 2026-11-09 04.03.txt' }, PAGE_URL)).toBe(true)
  for (const fileName of [
    'sessions 2026-11-09 04.03.csv',
    'sessions 2026-11-09 04.03.json',
    '2026-11-09 04.03 web-1.cast',
  ]) {
    expect([fileName, maySave({ url, fileName }, PAGE_URL)]).toEqual([fileName, true])
  }
  expect(maySave({ url: 'blob:http://127.0.0.1:5173/0b9c', fileName: 'a.txt' }, development)).toBe(true)
  for (const refused of [
    { url, fileName: 'web-1.txt.exe' },
    { url, fileName: 'sessions.csv.bat' },
    { url, fileName: 'web-1.cast.exe' },
    { url: 'https://evil.example/a.csv', fileName: 'a.csv' },
    { url: 'blob:culvert://app.evil.example/0b9c', fileName: 'a.txt' },
    { url: 'blob:null/0b9c', fileName: 'a.txt' },
    { url: 'culvert://app/assets/a.js', fileName: 'a.txt' },
    { url: 'data:text/plain,x', fileName: 'a.txt' },
    { url: 'https://evil.example/a.txt', fileName: 'a.txt' },
  ]) {
    expect([refused, maySave(refused, PAGE_URL)]).toEqual([refused, false])
  }
})

it('lets a window go to its own page only, and no frame anywhere', () => {
  expect(mayNavigate({ url: 'culvert://app/', isMainFrame: true }, PAGE_URL)).toBe(true)
  expect(mayNavigate({ url: 'culvert://app/', isMainFrame: false }, PAGE_URL)).toBe(false)
  expect(mayNavigate({ url: 'https://docs.aws.amazon.com/', isMainFrame: true }, PAGE_URL)).toBe(false)
  expect(mayNavigate({ url: 'javascript:alert(1)', isMainFrame: true }, PAGE_URL)).toBe(false)
})

it('names files by their path, of our own address only', () => {
  expect(pagePath('culvert://app/')).toBe('/')
  expect(pagePath('culvert://app/assets/a.js?v=1')).toBe('/assets/a.js')
  expect(pagePath('culvert://app/../../etc/passwd')).toBe('/etc/passwd')
  expect(pagePath('culvert://other/assets/a.js')).toBeUndefined()
})
