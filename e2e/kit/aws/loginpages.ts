// A person in a browser, on the pages of the simulated IAM Identity Center: opens one, decides, follows the redirect. By real requests.

/** The page at the end. */
export interface LastPage {
  readonly status: number
  readonly text: string
  readonly url: string
}

/** Opens `url` and presses a button. A redirect is followed, to the listener of the login too. */
export async function decide(url: string, decision: 'allow' | 'deny'): Promise<LastPage> {
  const page = await fetch(url)
  const ticket = /name="ticket" value="(\w+)"/.exec(await page.text())?.[1]
  if (ticket === undefined) throw new Error(`No form at ${url}: status ${String(page.status)}`)
  const answer = await fetch(new URL('/decide', url), {
    method: 'POST',
    body: new URLSearchParams({ ticket, decision }),
    redirect: 'manual',
  })
  const location = answer.headers.get('location')
  const last = location === null ? answer : await fetch(location)
  return { status: last.status, text: await last.text(), url: location ?? url }
}
