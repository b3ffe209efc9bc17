// The addresses that a window may open in the person's browser without a question. Others are refused, or opened after a question.
//
// A page under foreign control must not be able to open arbitrary sites, or to start programs by their URL schemes.

const CONSOLES = ['console.aws.amazon.com', 'console.amazonaws-us-gov.com', 'console.amazonaws.cn']
const DOCUMENTATION = ['docs.aws.amazon.com', 'docs.amazonaws.cn']

/** The loopback names, where forwards listen. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

// Consoles have a host for each region: eu-west-1.console.aws.amazon.com.
function isConsole(host: string): boolean {
  return CONSOLES.some(
    (console) =>
      host === console || (/^[a-z0-9-]+$/.test(host.slice(0, -console.length - 1)) && host.endsWith(`.${console}`)),
  )
}

/**
 * The address to open, written out; undefined where it is not allowed. Allowed are `https` of AWS's consoles and
 * documentation on the usual port, and `http` or `https` on any port of this computer's loopback, where forwards listen.
 */
export function externalUrl(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, hostname, port, username, password, href } = new URL(url)
  if (username !== '' || password !== '') return undefined
  if (LOOPBACK.includes(hostname)) return protocol === 'http:' || protocol === 'https:' ? href : undefined
  const isAws = isConsole(hostname) || DOCUMENTATION.includes(hostname)
  return protocol === 'https:' && port === '' && isAws ? href : undefined
}
