// Which environment a drain is of. Pure.

import type { EnvironmentRef } from '../../../shared/model/environment'
import type { CaptureSubject } from '../capture/capture'

/**
 * Whether a drain of this environment takes the output of a session. An environment without a profile is that of the AWS variables, and a
 * command line may have its profile from them: the name that the environment has then counts as well.
 */
export function isOf(
  environment: EnvironmentRef,
  { ref, environment: name, region }: Pick<CaptureSubject, 'ref' | 'environment' | 'region'>,
): boolean {
  if (environment.kind === 'demo' || ref.kind === 'demo') return environment.kind === ref.kind
  const isNamed = (environment.profile ?? 'default') === (ref.profile ?? 'default') || environment.profile === name
  return isNamed && (environment.region === undefined || environment.region === (ref.region ?? region))
}
