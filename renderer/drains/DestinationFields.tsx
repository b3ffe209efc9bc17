// The fields of a drain's destination: those of its kind, and its secrets.

import type { ReactNode } from 'react'
import type { SecretPlace } from '../../shared/model/drain'
import { Field, TextField, type TextFieldProps } from '../parts/controls/Field'
import { Segments } from '../parts/controls/Segments'
import { secretsOf, type DrainField, type SecretName } from './form'
import { SecretInput } from './SecretInput'
import type { DrainFormState } from './useDrainForm'
import { placeWords, SECRET_HINTS, SECRET_LABELS } from './words'

/** The fields with a text. */
type FieldName = Exclude<DrainField, SecretName>

interface TextProps extends Omit<TextFieldProps, 'name' | 'problem' | 'value' | 'onChange'> {
  readonly state: DrainFormState
  readonly field: FieldName
}

/** A field with a text of one line. */
export function Text({ state, field, ...props }: TextProps): ReactNode {
  return (
    <TextField
      {...props}
      name={field}
      maxLength={4_000}
      problem={state.problemOf(field)}
      value={state.form[field]}
      onChange={(text) => state.change({ [field]: text })}
    />
  )
}

/** A field with a text of several lines. */
function LongText(props: Pick<TextProps, 'state' | 'field' | 'label' | 'hint' | 'placeholder'>): ReactNode {
  const { state, field, label, hint, placeholder } = props
  return (
    <Field label={label} hint={hint} problem={state.problemOf(field)}>
      {(control) => (
        <span className="input long mono">
          <textarea
            {...control}
            name={field}
            rows={3}
            maxLength={100_000}
            autoComplete="off"
            spellCheck={false}
            placeholder={placeholder}
            value={state.form[field]}
            onChange={(event) => state.change({ [field]: event.target.value })}
          />
        </span>
      )}
    </Field>
  )
}

/** A choice of two, with a hint about the chosen one. */
function Choice(props: {
  readonly label: string
  readonly off: string
  readonly on: string
  readonly isOn: boolean
  readonly hint: string
  readonly onChange: (isOn: boolean) => void
}): ReactNode {
  const { label, off, on, isOn, hint, onChange } = props
  return (
    <div className="field">
      <span className="label">{label}</span>
      <Segments
        label={label}
        value={isOn ? 'on' : 'off'}
        segments={[
          { value: 'off', label: off },
          { value: 'on', label: on },
        ]}
        onChange={(value) => onChange(value === 'on')}
      />
      <div className="hint">{hint}</div>
    </div>
  )
}

function Elasticsearch({ state }: { readonly state: DrainFormState }): ReactNode {
  const { form, change } = state
  return (
    <>
      <Text state={state} field="url" label="Address" isMono placeholder="https://es.example.com:9200" />
      <Text
        state={state}
        field="index"
        label={form.isDataStream ? 'Data stream' : 'Index'}
        isMono
        hint={
          form.isDataStream
            ? 'The data stream or its index template must exist.'
            : '%{yyyy.MM.dd} becomes the day (UTC).'
        }
      />
      <Choice
        label="Written to"
        off="An index"
        on="A data stream"
        isOn={form.isDataStream}
        hint={
          form.isDataStream
            ? 'Records are created, with @timestamp.'
            : 'A record that is sent again is not stored twice.'
        }
        onChange={(isDataStream) => change({ isDataStream })}
      />
      <div className="field">
        <span className="label">Signs in with</span>
        <Segments
          label="Signs in with"
          value={form.auth}
          segments={[
            { value: 'api-key', label: 'API key' },
            { value: 'basic', label: 'User and password' },
            { value: 'none', label: 'Nothing' },
          ]}
          onChange={(auth) => change({ auth })}
        />
        <div className="hint" />
      </div>
      {form.auth === 'basic' && <Text state={state} field="user" label="User" />}
    </>
  )
}

function OfKind({ state }: { readonly state: DrainFormState }): ReactNode {
  const { form, change } = state
  switch (form.kind) {
    case 'https':
      return (
        <>
          <Text state={state} field="url" label="Address" isMono placeholder="https://logs.example.com/in" />
          <LongText
            state={state}
            field="headers"
            label="Headers (optional)"
            placeholder="X-Team: payments"
            hint="One per line. Enter no secrets here: headers are shown again."
          />
        </>
      )
    case 'elasticsearch':
      return <Elasticsearch state={state} />
    case 'syslog':
      return (
        <>
          <Text state={state} field="host" label="Host" isMono placeholder="syslog.example.com" />
          <Text state={state} field="port" label="Port" isMono hint="6514 for TLS, often 514 for TCP." />
          <Choice
            label="Transport"
            off="TCP"
            on="TLS"
            isOn={form.isTls}
            hint={
              form.isTls
                ? 'The server’s certificate is checked.'
                : 'Without TLS the output crosses the network unencrypted.'
            }
            onChange={(isTls) => change({ isTls })}
          />
          {form.isTls && (
            <LongText
              state={state}
              field="ca"
              label="Certificate authority (optional)"
              placeholder="-----BEGIN CERTIFICATE-----"
              hint="PEM. Trusted in addition to those of the system."
            />
          )}
        </>
      )
    case 'file':
      return (
        <>
          <Text
            state={state}
            field="path"
            label="Path"
            isMono
            placeholder="/var/log/culvert/output.jsonl"
            hint="Only your user can read the file."
          />
          <Text state={state} field="maxMegabytes" label="New file at (MB)" isMono hint="The full one is renamed." />
          <Text
            state={state}
            field="keep"
            label="Older files kept"
            isMono
            hint="When there are more, the oldest is deleted."
          />
        </>
      )
  }
}

/** The fields. `stored`: the secrets that are stored. */
export function DestinationFields(props: {
  readonly state: DrainFormState
  readonly stored: readonly SecretName[]
  readonly place: SecretPlace | undefined
}): ReactNode {
  const { state, stored, place } = props
  const names = secretsOf(state.form)
  return (
    <>
      <div className="fields">
        <OfKind state={state} />
        {names.map((name) => (
          <SecretInput
            key={name}
            name={name}
            label={SECRET_LABELS[name]}
            hint={SECRET_HINTS[name]}
            problem={state.problemOf(name)}
            isStored={stored.includes(name)}
            secret={state.form.secrets[name]}
            onChange={(secret) => state.changeSecret(name, secret)}
          />
        ))}
      </div>
      {names.length > 0 && <p className="place-note">{placeWords(place)}</p>}
    </>
  )
}
