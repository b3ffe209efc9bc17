// Which forwards the view shows, in which order, and what a row says about its environment.

import type { EnvironmentRef, EnvironmentView } from '../../shared/model/environment'
import type { ForwardView } from '../../shared/model/forward'
import type { Instance } from '../../shared/model/instance'
import type { SavedTarget } from '../../shared/model/savedtarget'
import { addressWords, destinationWords, forwardWords, viaWords, type Tone } from '../../shared/status'
import { compareNames } from '../order'
import { serviceKind } from './editor/proposals'
import { targetLabel } from './editor/target/choices'

/** The filters of the view. */
export interface ForwardFilter {
  readonly text: string
  readonly tone: Tone | undefined
}

/** The forwards that contain every typed word in their name, address, destination or instance; sorted by name. */
export function listForwards(
  forwards: readonly ForwardView[],
  { text, tone }: ForwardFilter,
  { instances, targets }: { readonly instances: readonly Instance[]; readonly targets: readonly SavedTarget[] },
): readonly ForwardView[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const isWanted = (view: ForwardView): boolean => {
    if (tone !== undefined && forwardWords(view, 0).tone !== tone) return false
    const said = [
      view.forward.name,
      addressWords(view),
      destinationWords(view),
      viaWords(view, instances),
      targetLabel(view.forward.target, instances, targets),
    ]
    const all = said.join('\n').toLowerCase()
    return words.every((word) => all.includes(word))
  }
  return forwards.filter(isWanted).toSorted((a, b) => compareNames(a.forward.name, b.forward.name))
}

/** The profile of a reference, or the ambient one if it names none. */
function profileOf(ref: { readonly profile?: string }, { ambient }: Pick<EnvironmentView, 'ambient'>): string {
  return ref.profile ?? ambient?.name ?? 'default'
}

/** An environment in words: "Demo", or the profile and the region if they are given. */
export function environmentWords(ref: EnvironmentRef, shown: Pick<EnvironmentView, 'ambient'>): string {
  if (ref.kind === 'demo') return 'Demo'
  return [profileOf(ref, shown), ref.region].filter((word) => word !== undefined).join(', ')
}

/** Whether a forward belongs to the shown environment. A reference without a region matches the shown region. */
export function isShown(ref: EnvironmentRef, shown: EnvironmentView): boolean {
  if (ref.kind === 'demo' || shown.ref.kind === 'demo') return ref.kind === shown.ref.kind
  const shownRegion = shown.ref.region ?? shown.region
  return (ref.region ?? shownRegion) === shownRegion && profileOf(ref, shown) === profileOf(shown.ref, shown)
}

/** The name of an environment that is not the shown one; undefined: it is shown. */
export function elsewhereWords(ref: EnvironmentRef, shown: EnvironmentView): string | undefined {
  return isShown(ref, shown) ? undefined : environmentWords(ref, shown)
}

/** Whether a saved target is in the environment of a forward; `home` undefined: of a new forward, which is in the shown one. */
export function isSameEnvironment(
  ref: EnvironmentRef,
  home: EnvironmentRef | undefined,
  shown: EnvironmentView,
): boolean {
  return home === undefined || isShown(home, shown)
    ? isShown(ref, shown)
    : environmentWords(ref, shown) === environmentWords(home, shown)
}

/** The web page behind a forward, guessed from its port; undefined if the port is not that of a web server. */
export function pageAddress({ forward, localPort }: ForwardView): string | undefined {
  if (localPort === 0 || serviceKind(forward.remotePort) !== 'web') return undefined
  const isSecure = forward.remotePort === 443 || forward.remotePort === 8_443
  return `${isSecure ? 'https' : 'http'}://localhost:${localPort}`
}
