import { describe, expect, test } from 'vitest'
import { parseCommandLine, type Arguments } from './arguments'

function run(...argv: string[]): { command: string; args: Arguments } {
  const invocation = parseCommandLine(argv)
  if (invocation.kind !== 'run') throw new Error(invocation.kind)
  return invocation
}

function refused(...argv: string[]): string {
  try {
    parseCommandLine(argv)
  } catch (error) {
    expect(error).toMatchObject({ code: 'usage' })
    return (error as Error).message
  }
  throw new Error('accepted')
}

describe('a command line', () => {
  test('may have common options before and behind the command', () => {
    const { command, args } = run(
      '--profile',
      'ls',
      'ls',
      '--region=eu-west-1',
      '--json',
      '--tag',
      'A=1',
      '--tag',
      'B=2',
    )
    expect(command).toBe('ls')
    expect([args.value('profile'), args.value('region'), args.flag('json'), args.list('tag')]).toEqual([
      'ls',
      'eu-west-1',
      true,
      ['A=1', 'B=2'],
    ])
    expect([args.flag('demo'), args.value('reason'), args.list('none')]).toEqual([false, undefined, []])
  })

  test('of exec keeps everything behind -- as it is, also what looks like options', () => {
    const { args } = run('exec', 'web-1', '--demo', '--', 'ls', '-la', '--json', '--', '')
    expect(args.positional(0)).toBe('web-1')
    expect(args.rest).toEqual(['ls', '-la', '--json', '--', ''])
    expect(args.flag('demo')).toBe(true)
  })

  test('takes the last value of an option given twice', () => {
    expect(run('ls', '--region', 'a', '--region', 'b').args.value('region')).toBe('b')
  })

  test('asks for help or the version, of a command or of all, whatever else is wrong with its arguments', () => {
    expect(parseCommandLine([])).toEqual({ kind: 'help', command: undefined })
    expect(parseCommandLine(['--help'])).toEqual({ kind: 'help', command: undefined })
    expect(parseCommandLine(['-h'])).toEqual({ kind: 'help', command: undefined })
    expect(parseCommandLine(['help', 'exec'])).toEqual({ kind: 'help', command: 'exec' })
    expect(parseCommandLine(['forward', '--help'])).toEqual({ kind: 'help', command: 'forward' })
    expect(parseCommandLine(['ssh-proxy', '--version'])).toEqual({ kind: 'version' })
  })

  test.each([
    [['lss'], 'There is no command "lss". See: culvert --help'],
    [['--demo'], 'Name a command. See: culvert --help'],
    [['ls', '--colour'], 'There is no option --colour for ls. See: culvert ls --help'],
    [['ls', '-x'], 'There is no option -x for ls. See: culvert ls --help'],
    [['shell', 'a', '--json'], 'There is no option --json for shell. See: culvert shell --help'],
    [['--colour', 'ls'], 'There is no option --colour for ls. See: culvert ls --help'],
    [['shell'], 'shell needs TARGET. See: culvert shell --help'],
    [['up'], 'up needs NAME. See: culvert up --help'],
    [['down', 'a', '--demo'], 'There is no option --demo for down. See: culvert down --help'],
    [['ssh-proxy', 'web'], 'ssh-proxy needs PORT. See: culvert ssh-proxy --help'],
    [['shell', 'a', 'b'], 'shell does not take "b". See: culvert shell --help'],
    [['exec', 'a', 'ls'], 'exec does not take "ls"; put -- before the command to run. See: culvert exec --help'],
    [['exec', 'a'], 'exec needs -- and a command to run. See: culvert exec --help'],
    [['exec', 'a', '--'], 'exec needs -- and a command to run. See: culvert exec --help'],
    [['ls', '--', 'x'], 'ls takes nothing after --. See: culvert ls --help'],
    [['ls', '--region'], '--region needs a value. See: culvert ls --help'],
    [['ls', '--region='], '--region needs a value. See: culvert ls --help'],
    [['ls', '--region', '--json'], '--region needs a value. See: culvert ls --help'],
    [['ls', '--json=yes'], '--json takes no value. See: culvert ls --help'],
    [['ls', '--reason', 'x'.repeat(257)], '--reason may have at most 256 characters. See: culvert ls --help'],
  ])('%j is refused in one sentence', (argv, message) => {
    expect(refused(...argv)).toBe(message)
  })
})

describe('a port', () => {
  const { args } = run('forward', 'a', '--remote-port', '8080')

  test('is a number between 1 and 65535', () => {
    expect(args.portOption('remote-port')).toBe(8080)
    expect(args.portOption('local-port')).toBeUndefined()
    expect([args.port('1', 'PORT'), args.port('65535', 'PORT')]).toEqual([1, 65_535])
  })

  test.each(['0', '65536', '-1', '1.5', '0x50', ' 80', '80a', '1e3', ''])('is not "%s"', (text) => {
    expect(() => args.port(text, 'PORT')).toThrow(`PORT must be a port number between 1 and 65535, not "${text}"`)
  })
})

test('an argument that may be left out is taken once', () => {
  expect(run('doctor').args.optional).toBeUndefined()
  expect(run('doctor', 'web-2', '--json').args.optional).toBe('web-2')
  expect(refused('doctor', 'web-1', 'web-2')).toContain('does not take "web-2"')
})
