// Mutants of authorizations and of their tokens. See build/mutants.mjs.

const room = 'electron/core/authorizations'

export const authorizationMutants = [
  {
    name: 'a token works twice',
    edits: [
      [`${room}/authorizations.ts`, "if (state === 'redeemed' || state === 'ended') {", "if (state === 'ended') {"],
    ],
    tests: [`${room}/authorizations.test.ts`],
  },
  {
    name: 'an authorization takes one connection more than its limit',
    edits: [[`${room}/admission.ts`, 'this.#used >= limit', 'this.#used > limit']],
    tests: [`${room}/admission.test.ts`],
  },
  {
    name: 'an authorization that expired while the computer slept takes a connection',
    edits: [[`${room}/admission.ts`, 'if (this.look()) return new', 'if (false) return new']],
    tests: [`${room}/admission.test.ts`],
  },
  {
    name: 'a token that expired while the computer slept is redeemed',
    edits: [
      [
        `${room}/authorizations.ts`,
        "if (state === 'expired' || authorization.expiresAt <= this.#now()) {",
        "if (state === 'expired') {",
      ],
    ],
    tests: [`${room}/authorizations.test.ts`],
  },
  {
    name: 'the token names a socket outside of its folder',
    edits: [[`${room}/tokens/token.ts`, '([0-9a-f]{12})', '(.{1,100})']],
    tests: [`${room}/tokens/token.test.ts`],
  },
  {
    name: 'the presigned address of a portable token is dialled unchecked',
    edits: [
      [
        'electron/core/sessions/connect.ts',
        'signedUrl === undefined ? url : streamAddress(signedUrl, service)',
        'signedUrl ?? url',
      ],
    ],
    tests: [`${room}/tokens/portable.test.ts`],
  },
  {
    name: 'a shell whose size is never told outlives its authorization',
    edits: [[`${room}/attended.ts`, 'gone.signal, expired.signal]', 'gone.signal]']],
    tests: [`${room}/attended.test.ts`],
  },
  {
    name: 'a revoked authorization is redeemed',
    edits: [[`${room}/authorizations.ts`, 'if (entry.revocation.signal.aborted) throw revokedError()\n', '\n']],
    tests: [`${room}/authorizations.test.ts`],
  },
  {
    name: 'an authorization of another account is listed',
    edits: [['electron/core/accountsessions/pending.ts', "account === identity.split(':')[4]", 'true']],
    tests: ['electron/core/accountsessions/pending.test.ts'],
  },
]
