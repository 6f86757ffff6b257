import { crc32 as crcOf, deflateRawSync } from 'node:zlib'

/** Builds a zip archive of texts for tests; `claim` lies about the unpacked size of a part. */
export function zipOf(parts: Readonly<Record<string, string>>, claim: Readonly<Record<string, number>> = {}): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(parts)) {
    const plain = Buffer.from(text)
    const packed = deflateRawSync(plain)
    const size = claim[name] ?? plain.length
    const nameBytes = Buffer.from(name)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(8, 8)
    local.writeUInt32LE(checksum(plain), 14)
    local.writeUInt32LE(packed.length, 18)
    local.writeUInt32LE(size, 22)
    local.writeUInt16LE(nameBytes.length, 26)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE(8, 10)
    central.writeUInt32LE(checksum(plain), 16)
    central.writeUInt32LE(packed.length, 20)
    central.writeUInt32LE(size, 24)
    central.writeUInt16LE(nameBytes.length, 28)
    central.writeUInt32LE(offset, 42)
    bodies.push(local, nameBytes, packed)
    directory.push(central, nameBytes)
    offset += local.length + nameBytes.length + packed.length
  }
  const middle = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Object.keys(parts).length, 8)
  end.writeUInt16LE(Object.keys(parts).length, 10)
  end.writeUInt32LE(middle.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...bodies, middle, end])
}

function checksum(bytes: Buffer): number {
  return typeof crcOf === 'function' ? crcOf(bytes) : 0
}

const NAMESPACE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** A workbook of hand-written parts: the XML of its sheets by name, shared strings, styles. */
export function workbookOf(
  sheets: Readonly<Record<string, string>>,
  parts: {
    readonly strings?: string
    readonly styles?: string
    readonly workbookPr?: string
    readonly states?: Readonly<Record<string, string>>
  } = {},
): Record<string, string> {
  const names = Object.keys(sheets)
  const relations = names.map(
    (_, i) => `<Relationship Id="rId${i + 1}" Type="${NAMESPACE}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
  )
  if (parts.strings)
    relations.push(`<Relationship Id="rIdS" Type="${NAMESPACE}/sharedStrings" Target="/xl/sharedStrings.xml"/>`)
  if (parts.styles) relations.push(`<Relationship Id="rIdT" Type="${NAMESPACE}/styles" Target="styles.xml"/>`)
  return {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': `<Relationships><Relationship Id="rId1" Type="${NAMESPACE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns:r="${NAMESPACE}">${parts.workbookPr ?? ''}<sheets>${names
      .map((name, i) => {
        const state = parts.states?.[name]
        return `<sheet name="${name}" sheetId="${i + 1}"${state ? ` state="${state}"` : ''} r:id="rId${i + 1}"/>`
      })
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${relations.join('')}</Relationships>`,
    ...Object.fromEntries(names.map((name, i) => [`xl/worksheets/sheet${i + 1}.xml`, sheets[name]!])),
    ...(parts.strings ? { 'xl/sharedStrings.xml': parts.strings } : {}),
    ...(parts.styles ? { 'xl/styles.xml': parts.styles } : {}),
  }
}
