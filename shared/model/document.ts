// Session documents: which one a session names, and what is known of it. Types only.

/** A use of a session that may have a document of its own. */
export type DocumentUse = 'shell' | 'port' | 'remoteHost' | 'ssh'

/** A document that a person named, with values of its parameters. Parameters that are left out are filled in from the destination. */
export interface DocumentChoice {
  /** A name, or the ARN of a shared document. */
  readonly name: string
  readonly parameters?: Readonly<Record<string, readonly string[]>>
}

/** The part of the destination that a parameter stands for. */
export type ParameterRole = 'port' | 'localPort' | 'host'

/** A parameter of a session document, with the values that it takes. */
export interface DocumentParameter {
  readonly name: string
  readonly isList: boolean
  readonly description?: string
  /** Absent: the parameter is required. */
  readonly default?: readonly string[]
  readonly allowedValues?: readonly string[]
  /** A regular expression in AWS's dialect. */
  readonly allowedPattern?: string
  readonly minChars?: number
  readonly maxChars?: number
  /** Set where the value comes from the destination of a forward. */
  readonly role?: ParameterRole
}

/** The content of a session document. */
export interface SessionDocument {
  readonly name: string
  /** `Standard_Stream`, `InteractiveCommands`, `NonInteractiveCommands`, `Port`; AWS may add others. */
  readonly sessionType: string
  readonly parameters: readonly DocumentParameter[]
  /** The host of a Port document: `text` where it is fixed, else made of parameters. Absent: the instance itself. */
  readonly host?: DocumentPlace
  /** The port of a Port document, in the same way. */
  readonly port?: DocumentPlace
}

/** A property of a Port document: a fixed text, or one that depends on parameters. */
export type DocumentPlace = { readonly kind: 'fixed'; readonly text: string } | { readonly kind: 'made' }
