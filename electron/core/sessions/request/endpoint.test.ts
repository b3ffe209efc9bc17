import { expect, test } from 'vitest'
import { endpointOf } from './endpoint'

test.each([
  [{ remotePort: 22 }, 'tcp://localhost:22'],
  [{ remotePort: 5_432, remoteHost: 'db.internal' }, 'tcp://db.internal:5432'],
  [{ remotePort: 80, remoteHost: '2001:db8::7' }, 'tcp://[2001:db8::7]:80'],
])('%o leads to %s', (place, endpoint) => expect(endpointOf(place)).toBe(endpoint))
