// The settings of the shown environment: its session documents, the endpoint of ssmmessages, and whether sessions need a reason.
//
// They hold for this environment alone, from the next session on.

import { useId, type ReactNode } from 'react'
import {
  DOCUMENT_USES,
  documentNameProblem,
  environmentId,
  messageEndpointProblem,
  settingsOf,
  withSettings,
} from '../../shared/environmentsettings'
import type { DocumentUse } from '../../shared/model/document'
import type { EnvironmentView } from '../../shared/model/environment'
import type { Settings } from '../../shared/settings'
import { usePage } from '../context'
import { Toggle } from '../parts/controls/Toggle'
import { ForeignName } from '../parts/text/Foreign'
import { Line } from './Line'
import { TextLine } from './TextLine'

const USES: Readonly<Record<DocumentUse, { readonly title: string; readonly text: string; readonly usual: string }>> = {
  shell: {
    title: 'Document for shells',
    text: 'For terminals that are opened without a document of their own.',
    usual: 'SSM-SessionManagerRunShell',
  },
  port: {
    title: 'Document for ports',
    text: 'For forwards to a port of the instance itself.',
    usual: 'AWS-StartPortForwardingSession',
  },
  remoteHost: {
    title: 'Document for remote hosts',
    text: 'For forwards to a host that the instance reaches.',
    usual: 'AWS-StartPortForwardingSessionToRemoteHost',
  },
  ssh: {
    title: 'Document for ssh',
    text: 'For raw connections of ssh and other programs.',
    usual: 'AWS-StartSSHSession',
  },
}

/** The props of the lines. */
export interface EnvironmentSettingsProps {
  readonly environment: EnvironmentView
  readonly settings: Settings
}

/** The lines of the "Environment" section. */
export function EnvironmentSettings({ environment, settings }: EnvironmentSettingsProps): ReactNode {
  const page = usePage()
  const reasonId = useId()
  const { name, region } = environment
  if (region === '') return <Line title="The environment is not open yet." />
  const own = settingsOf(settings.environments, name, region)
  const id = environmentId(name, region)
  const save = (change: Parameters<typeof withSettings>[2]): void =>
    void page.ask('settings.set', { environments: withSettings(settings.environments, id, change) })
  const saveDocument = (use: DocumentUse, document: string): void => {
    const others = Object.entries(own.documents ?? {}).filter(([each]) => each !== use)
    save({ documents: Object.fromEntries(document === '' ? others : [...others, [use, document]]) })
  }
  // Another environment gets inputs of its own: a text that is half typed belongs to the one before.
  return (
    <div key={id}>
      <Line
        title={
          <>
            <ForeignName text={name} /> <ForeignName text={region} />
          </>
        }
        text="These settings hold for the environment that is shown, from its next session on."
      />
      {DOCUMENT_USES.map((use) => (
        <TextLine
          key={use}
          title={USES[use].title}
          text={`${USES[use].text} Empty: ${USES[use].usual}.`}
          placeholder="AWS's own"
          maxLength={128}
          saved={own.documents?.[use] ?? ''}
          problemOf={documentNameProblem}
          onSave={(text) => saveDocument(use, text)}
        />
      ))}
      <TextLine
        title="Endpoint of ssmmessages"
        text="A VPC endpoint or proxy for the data of sessions. Empty: the host that AWS names."
        placeholder="vpce-….vpce.amazonaws.com"
        maxLength={300}
        saved={own.messageEndpoint ?? ''}
        problemOf={messageEndpointProblem}
        onSave={(text) => save({ messageEndpoint: text === '' ? undefined : text })}
      />
      <Line
        title={<label htmlFor={reasonId}>Require a reason</label>}
        text="AWS keeps it in the session history. Culvert asks once in each run; the command line takes it as an option."
      >
        <Toggle
          id={reasonId}
          isOn={own.isReasonRequired === true}
          onChange={(isReasonRequired) => save({ isReasonRequired })}
        />
      </Line>
    </div>
  )
}
