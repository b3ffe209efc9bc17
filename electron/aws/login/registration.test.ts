// Names of files, against those that Python's hashlib.sha1(json.dumps(args, sort_keys=True)) makes.

import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { registrationKey } from './registration'

const login = {
  name: 'p',
  cacheKey: 'corp',
  session: 'corp',
  startUrl: 'https://corp.awsapps.com/start',
  region: 'eu-central-1',
  scopes: ['sso:account:access'],
  accountId: undefined,
  oidc: 'https://oidc.eu-central-1.amazonaws.com',
}

test.each([
  [{}, 'fdcad60aaabbae07299d375d185dc582b97f32f1'],
  [{ scopes: ['sso:account:access', 'codewhisperer:completions'] }, '5e007c8941524fff0eaf3c3e1defb4157a6a8a5a'],
  [{ session: undefined, scopes: undefined }, 'd523465694e236d83246e62a7fc592e4abdbda81'],
  [{ session: 'fürth "1" 😀' }, 'e6f6c2ad6f6b4aa3a7e7385c24b6aec86179375c'],
])('%j', (change, sha1) => {
  expect(
    createHash('sha1')
      .update(registrationKey({ ...login, ...change }))
      .digest('hex'),
  ).toBe(sha1)
})
