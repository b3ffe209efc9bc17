// Which versions of AWS's plugin the service lets in, by the ClientVersion of the open message.
//
// AWS documents a minimum and has announced that older plugins stop working. The simulator refuses them already, so that
// Culvert cannot pass its tests with a version that AWS will refuse.
// Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/plugin-version-history.html; specification §2, §5.5.

/** The oldest plugin that AWS supports. */
export const MINIMUM_CLIENT_VERSION = '1.2.764.0'

/**
 * Whether the service supports a client of `version`. Plugins up to 1.2.650 send no version, and a version that is not four
 * numbers belongs to no plugin: both are refused.
 */
export function isSupportedClient(version: string | undefined): boolean {
  if (version === undefined || !/^\d{1,9}(\.\d{1,9}){3}$/.test(version)) return false
  const minimum = MINIMUM_CLIENT_VERSION.split('.').map(Number)
  for (const [index, part] of version.split('.').map(Number).entries()) {
    const least = minimum[index] ?? 0
    if (part !== least) return part > least
  }
  return true
}
