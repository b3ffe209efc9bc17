// Lists that AWS answers page by page, as whole lists.

/** Asks for page after page, each with the token of the one before, and joins them. Rejects as `ask` does. */
export async function everyPage<T>(
  ask: (token: { NextToken?: string }) => Promise<{ items: T[]; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = []
  let token: string | undefined
  do {
    const page = await ask(token === undefined ? {} : { NextToken: token })
    all.push(...page.items)
    token = page.next
  } while (token !== undefined && token !== '')
  return all
}
