// Prints what Adobe's validator (Google's rules) says of the structured data in the page on stdin, as JSON.
import Validator from '@adobe/structured-data-validator';
import WebAutoExtractor from '@marbec/web-auto-extractor';
import { readFileSync } from 'node:fs';

const found = new (WebAutoExtractor.default ?? WebAutoExtractor)({ addLocation: true, embedSource: ['rdfa', 'microdata'] }).parse(
  readFileSync(0, 'utf8'),
);
const issues = await new Validator().validate(found);
console.log(JSON.stringify({ found: Object.keys(found.jsonld ?? {}), issues }));
