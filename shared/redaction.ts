// Removes secrets from texts that are stored or shown: messages of AWS, proxies and other programs may quote them.
//
// Secrets are found in three ways: by the name before them (TokenValue, X-Amz-Signature, Authorization, …), by their format
// (access key ids, bearer tokens, passwords in URLs), and by being long and random. Ids, ARNs, hosts and paths are long as
// well, but consist of words, digits and hexadecimal parts; they stay. In doubt a text is redacted, at the cost of
// readability.

const REDACTED = '[redacted]'

/** Names of secret values, whatever the value looks like. */
const names = [
  'x-amz-(?:security-token|signature|credential)',
  'token_?value',
  '(?:aws_?)?secret[_-]?access[_-]?key',
  '(?:aws_?)?(?:session|security)[_-]?token',
  'client[_-]?secret|(?:access|refresh|id)[_-]?token',
].join('|')

/** Names that are also ordinary words in sentences: "wrong password: …". */
const words = 'passw(?:or)?d|passphrase|credential|signature'

/** A quote; in JSON within JSON it is preceded by backslashes. */
const QUOTE = String.raw`\\*["']`

/** A value without quotes; it ends at a space or separator. */
const BARE = String.raw`[^\s"'&,;<>()\\]+`

/** "name":"value", name='value' */
const quoted = new RegExp(
  String.raw`\b((?:${names}|${words})(?:${QUOTE})?\s*[:=]\s*${QUOTE})(?:[^"'\\]|\\[^"'\\])*`,
  'gi',
)

/** name=value, name: value */
const bare = new RegExp(String.raw`\b((?:${names})\s*[:=]\s*|(?:${words})=)${BARE}`, 'gi')

/** A header with its whole value, which contains spaces. */
const authorization = new RegExp(
  String.raw`\b((?:proxy-)?authorization(?:${QUOTE})?\s*[:=]\s*\\*["']?)[^\s"'\\][^"'\r\n\\]*`,
  'gi',
)

const bearer = /\b(bearer|basic)(\s+)[A-Za-z0-9._~+/-]{20,}={0,2}/gi

/** An authorization token of Culvert. Source: core/authorizations/tokens. */
const authorizationToken = /\b(culvert-(?:authz|portable)-1)\.[A-Za-z0-9._-]+/g

/** A JSON web token. */
const webToken = /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)*/g

const userInfo = /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@"']*):[^\s/@"']+@/gi

/** Long-term (AKIA) and temporary (ASIA) key ids, bearer tokens and certificates. Source: IAM, "Unique identifiers". */
const accessKeyId = /\b(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}\b/g

/** An ARN, which is left as it is, or a long run of base64 in either alphabet. */
const longRun = /\barn:[^\s"'<>]+|[A-Za-z0-9+/_-]{40,}={0,2}/g

/** The share of changes between kinds of characters that words do not reach; random text has three times as many. */
const DISORDER = 0.16

// One pass may expose more to the next: a password with a slash in it, in a URL.
const MAX_LOOKS = 5

/** The text without secrets; everything else is unchanged. Idempotent. */
export function redact(text: string): string {
  let [before, after] = [text, look(text)]
  for (let looks = 1; after !== before && looks < MAX_LOOKS; looks += 1) [before, after] = [after, look(after)]
  return after
}

function look(text: string): string {
  return text
    .replaceAll(authorization, `$1${REDACTED}`)
    .replaceAll(quoted, `$1${REDACTED}`)
    .replaceAll(bare, `$1${REDACTED}`)
    .replaceAll(bearer, `$1$2${REDACTED}`)
    .replaceAll(authorizationToken, `$1.${REDACTED}`)
    .replaceAll(webToken, REDACTED)
    .replaceAll(userInfo, `$1:${REDACTED}@`)
    .replaceAll(accessKeyId, `$1${REDACTED}`)
    .replaceAll(longRun, (run) => (run.startsWith('arn:') ? run : redactRun(run)))
}

/** Redacts a run that is a secret as a whole, or the secret parts of a path or id. */
function redactRun(run: string): string {
  if (isSecret(run)) return REDACTED
  return run.replaceAll(/[A-Za-z0-9+]{40,}={0,2}/g, (part) => (isPlainWord(part) ? part : REDACTED))
}

function isSecret(run: string): boolean {
  if (!/[A-Z]/.test(run) || !/[a-z]/.test(run)) return false
  if (run.includes('+')) return true
  // A secret access key has 40 characters of this alphabet. A path of 40 usually begins with a slash and is less random.
  if (/^[A-Za-z0-9/]{40}$/.test(run) && /[0-9]/.test(run)) return !run.startsWith('/') || disorder(run) >= DISORDER / 2
  return disorder(run) >= DISORDER
}

/** Letters only, with few changes of case: a name in CamelCase. */
function isPlainWord(part: string): boolean {
  return /^[A-Za-z]+$/.test(part) && disorder(part) < DISORDER
}

/** The share of adjacent characters of different kinds. A capital before a small letter does not count. */
function disorder(run: string): number {
  let changes = 0
  for (const part of run.split(/[-_/+=]/)) {
    if (!/[A-Z]/.test(part) || !/[a-z0-9]/.test(part)) continue
    for (let index = 1; index < part.length; index += 1) {
      const before = kindOf(part.charAt(index - 1))
      const after = kindOf(part.charAt(index))
      if (before !== after && !(before === 'capital' && after === 'small')) changes += 1
    }
  }
  return changes / run.length
}

function kindOf(character: string): 'capital' | 'small' | 'digit' {
  if (character >= 'a') return 'small'
  return character >= 'A' ? 'capital' : 'digit'
}
