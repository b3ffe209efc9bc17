// The recording rule of a terminal's environment, and whether a person is asked. Pure.

import { settingsOf } from '../../shared/environmentsettings'
import type { RecordingRule } from '../../shared/model/recording'
import type { Snapshot } from '../../shared/model/snapshot'
import type { TerminalView } from '../../shared/model/terminal'

/** The region that a terminal's environment is in, as far as the page knows it; "" if it does not. */
function regionOf({ environment }: Pick<TerminalView, 'environment'>, snapshot: Snapshot): string {
  const { ref, region } = snapshot.environment
  if (JSON.stringify(ref) === JSON.stringify(environment)) return region
  if (environment.kind === 'demo') return ''
  const { profile } = environment
  return environment.region ?? snapshot.profiles.find(({ name }) => name === profile)?.region ?? ''
}

/** Whether the terminal's environment is recorded: `off` where its settings are not known. */
export function ruleOf(
  view: Pick<TerminalView, 'environment' | 'environmentName'>,
  snapshot: Snapshot | undefined,
): RecordingRule {
  if (snapshot === undefined) return 'off'
  const { environments } = snapshot.settings
  return settingsOf(environments, view.environmentName, regionOf(view, snapshot)).recording ?? 'off'
}

/** Whether a person is to be asked: the rule says so, the session is open and nothing is decided yet. */
export function isAskDue(
  { state, recording, isRecordingDecided }: Pick<TerminalView, 'state' | 'recording' | 'isRecordingDecided'>,
  rule: RecordingRule,
): boolean {
  return rule === 'ask' && state.kind === 'open' && recording === undefined && isRecordingDecided !== true
}
