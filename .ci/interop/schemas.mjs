// Validates documents against the JSON schemas that their formats publish, with ajv.
//
//     node schemas.mjs SCHEMA DOCUMENT [SCHEMA DOCUMENT ...]

import fs from 'node:fs'
import path from 'node:path'
import Ajv from 'ajv'
import addFormats from 'ajv-formats'

const read = name => JSON.parse(fs.readFileSync(name, 'utf8'))
let faults = 0
let validated = 0
for (let i = 2; i + 1 < process.argv.length; i += 2) {
  const [schema, document] = [process.argv[i], process.argv[i + 1]]
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats(ajv)
  ajv.addFormat('textarea', true) // says how a form shows a text, and nothing of the text
  const validate = ajv.compile(read(schema))
  const ok = validate(read(document))
  validated++
  if (!ok) {
    faults++
    console.log(validate.errors.slice(0, 10))
  }
  console.log(`ajv: ${path.basename(document)} is ${ok ? 'valid' : 'not valid'}`)
}
process.exit(faults || !validated ? 1 : 0)
