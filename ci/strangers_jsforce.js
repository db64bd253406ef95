// What jsforce is made to do: one function a flow, named on the command line.
// Facts and arguments come as one JSON object; the answer is one JSON object on stdout.
'use strict';

const fs = require('node:fs');
const jsforce = require('jsforce');
const { QueryJobV2 } = require('jsforce/lib/api/bulk2');

const { facts, given } = JSON.parse(fs.readFileSync(0, 'utf8'));
const version = '63.0';

function connection(url = facts.instance_url) {
  const connected = new jsforce.Connection({ instanceUrl: url, accessToken: facts.access_token, version });
  connected.metadata.pollInterval = 200;
  connected.metadata.pollTimeout = 60000;
  connected.bulk2.pollInterval = 500;
  connected.bulk2.pollTimeout = 60000;
  return connected;
}

function app(url) {
  return {
    loginUrl: url,
    clientId: facts.client_id,
    clientSecret: facts.client_secret,
    redirectUri: 'http://localhost:1717/OauthRedirect',
  };
}

const count = async (connected) => (await connected.query('SELECT Id FROM Contact LIMIT 3')).records.length;

// An error event that nobody listens to ends the process: a listener is attached.
function settled(locator) {
  return new Promise((resolve, reject) => {
    locator.on('error', reject);
    locator.complete(true).then(resolve, reject);
  });
}

// What the org refuses with; nothing when it does not refuse.
async function told(call) {
  try {
    await call();
  } catch (error) {
    return { code: error.errorCode ?? error.name, message: error.message };
  }
  return {};
}

const options = { singlePackage: true, rollbackOnError: true };
const archive = () => fs.readFileSync(given.archive);

const flows = {
  async token() {
    const connected = connection(given.url);
    return { rows: await count(connected), identity: await connected.identity() };
  },

  async soapLogin() {
    const connected = new jsforce.Connection({ loginUrl: given.url, version });
    const user = await connected.login(facts.username, given.password);
    return { rows: await count(connected), user };
  },

  async jwt() {
    const connected = new jsforce.Connection({ oauth2: app(given.url), version });
    const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const user = await connected.authorize({ grant_type: grant, assertion: given.assertion });
    return { rows: await count(connected), user };
  },

  async refresh() {
    const connected = new jsforce.Connection({
      oauth2: app(facts.instance_url),
      instanceUrl: facts.instance_url,
      accessToken: `${facts.access_token.slice(0, -4)}gone`,
      refreshToken: given.refreshToken,
      version,
    });
    let refreshed = 0;
    connected.on('refresh', () => { refreshed += 1; });
    return { rows: await count(connected), refreshed };
  },

  // The page that says yes by itself sends the browser back with a code.
  async web() {
    const oauth2 = new jsforce.OAuth2({ ...app(given.url), useVerifier: true });
    const page = oauth2.getAuthorizationUrl({ scope: 'api refresh_token' });
    const shown = await (await fetch(page)).text();
    const inputs = [...shown.matchAll(/name="(\w+)" value="([^"]*)"/g)];
    const form = new URLSearchParams(inputs.map(([, name, value]) => [name, value]));
    const url = `${given.url}/services/oauth2/authorize`;
    const back = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
    const connected = new jsforce.Connection({ oauth2, version });
    await connected.authorize(new URL(back.headers.get('location')).searchParams.get('code'));
    return { rows: await count(connected), renewable: Boolean(connected.refreshToken) };
  },

  async passwordGrant() {
    const connected = new jsforce.Connection({ oauth2: app(given.url), version });
    await connected.login(facts.username, given.password);
    return { rows: await count(connected) };
  },

  async logout() {
    const connected = new jsforce.Connection({ oauth2: app(given.url), loginUrl: given.url, version });
    const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    await connected.authorize({ grant_type: grant, assertion: given.assertion });
    const { accessToken } = connected;
    const rows = await count(connected);
    await connected.logout();
    const dead = new jsforce.Connection({ instanceUrl: given.url, accessToken, version });
    return { rows, refused: await told(() => count(dead)) };
  },

  async assertions() {
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const login = (assertion) => () => {
      const connected = new jsforce.Connection({ oauth2: app(given.url), version });
      return connected.authorize({ grant_type, assertion });
    };
    return Promise.all(given.assertions.map((assertion) => told(login(assertion))));
  },

  async deploy() {
    return settled(connection().metadata.deploy(archive(), options));
  },

  async deployRest() {
    return settled(connection().metadata.deployRest(archive(), options));
  },

  async retrieve() {
    const members = { types: [{ name: 'Layout', members: [given.name] }], version };
    const locator = connection().metadata.retrieve({ apiVersion: version, singlePackage: true, unpackaged: members });
    const result = await new Promise((resolve, reject) => {
      locator.on('error', reject);
      locator.complete().then(resolve, reject);
    });
    return { status: result.status, zip: result.zipFile.length, files: [result.fileProperties].flat() };
  },

  async list() {
    const { metadata } = connection();
    const layouts = await metadata.list([{ type: 'Layout' }], version);
    const { metadataObjects } = await metadata.describe(version);
    return { layouts: layouts.map((row) => row.fullName), types: metadataObjects.map((row) => row.xmlName) };
  },

  async read() {
    return connection().metadata.read('Layout', given.name);
  },

  async readAndUpdate() {
    const { metadata } = connection();
    const layout = await metadata.read('Layout', given.name);
    const [section] = layout.layoutSections;
    section.layoutColumns[0].layoutItems.push({ behavior: 'Edit', field: given.field });
    const result = await metadata.update('Layout', layout);
    return { result, layout: await metadata.read('Layout', given.name) };
  },

  async upsertField() {
    const field = { fullName: `Contact.${given.field}`, label: 'Stranger', type: 'Checkbox', defaultValue: false };
    const connected = connection();
    const made = await connected.metadata.upsert('CustomField', [field]);
    const { fields } = await connected.sobject('Contact').describe();
    const removed = await connected.metadata.delete('CustomField', [field.fullName]);
    return { made, seen: fields.map((each) => each.name), removed };
  },

  async rename() {
    const { metadata } = connection();
    const result = await metadata.rename('Layout', given.name, given.wanted);
    const layouts = await metadata.list([{ type: 'Layout' }], version);
    return { result, layouts: layouts.map((row) => row.fullName) };
  },

  async query() {
    const connected = connection();
    const asked = { autoFetch: true, maxFetch: 100000, headers: { 'Sforce-Query-Options': 'batchSize=200' } };
    const rows = await connected.query('SELECT Id, Email FROM Contact', asked);
    const counted = await connected.query('SELECT COUNT() FROM Contact');
    return { fetched: new Set(rows.records.map((row) => row.Id)).size, counted: counted.totalSize };
  },

  async collections() {
    const contacts = connection().sobject('Contact');
    const made = await contacts.create(Array.from({ length: 250 }, (_, n) => ({ LastName: `S${n}` })), { allowRecursive: true });
    const ids = made.map((row) => row.id);
    const updated = await contacts.update(ids.map((Id) => ({ Id, HasOptedOutOfEmail: true })), { allowRecursive: true });
    const got = await contacts.retrieve(ids.slice(0, 3));
    const removed = await contacts.destroy(ids, { allowRecursive: true });
    return { made, updated, got, removed };
  },

  async bulk() {
    const connected = connection();
    const load = (operation, input) => connected.bulk2.loadAndWaitForResults({ object: 'Contact', operation, input });
    const made = await load('insert', given.rows);
    const ids = made.successfulResults.map((row) => row.sf__Id);
    const updated = await load('update', ids.map((Id) => ({ Id, HasOptedOutOfEmail: true })));
    const exported = await (await connected.bulk2.query('SELECT Id FROM Contact')).toArray();
    const removed = await load('delete', ids.map((Id) => ({ Id })));
    return { made, updated, removed, exported: exported.length };
  },

  async bulkFirst() {
    const connected = connection();
    connected.bulk.pollInterval = 300;
    const load = (operation, input, options = {}) => connected.bulk.load('Contact', operation, options, input);
    const made = await load('insert', given.rows);
    const ids = made.map((row) => row.id);
    const updated = await load('update', ids.map((Id) => ({ Id, HasOptedOutOfEmail: true })));
    const upserted = await load('upsert', ids.map((Id) => ({ Id, FirstName: 'Zoë' })), { extIdField: 'Id' });
    const stream = await connected.bulk.query("SELECT Id, FirstName FROM Contact WHERE FirstName = 'Zoë' AND HasOptedOutOfEmail = true AND Email LIKE 'first%'");
    const listed = (await stream.toArray()).length;
    const removed = await load('delete', ids.map((Id) => ({ Id })));
    return { made, updated, upserted, listed, removed };
  },

  async bulkUpsert() {
    const job = { object: 'Contact', operation: 'upsert', externalIdFieldName: given.field };
    return connection().bulk2.loadAndWaitForResults({ ...job, input: given.rows });
  },

  async bulkAborted() {
    const connected = connection();
    const polling = { pollInterval: 500, pollTimeout: 60000 };
    const ingest = connected.bulk2.createJob({ object: 'Contact', operation: 'insert' });
    const query = { operation: 'query', query: 'SELECT Id FROM Contact' };
    const jobs = [ingest, new QueryJobV2(connected, { bodyParams: query, pollingOptions: polling })];
    const states = [];
    for (const job of jobs) {
      await job.open();
      await job.abort();
      states.push((await job.check()).state);
      await job.delete();
    }
    return { states, gone: await told(() => ingest.check()) };
  },

  async refused() {
    return told(() => connection().query('SELECT Nobody__c FROM Contact'));
  },

  async since() {
    const contacts = connection().sobject('Contact');
    const [kept, gone] = await contacts.create([{ LastName: 'Kept' }, { LastName: 'Gone' }]);
    await contacts.destroy(gone.id);
    const [start, end] = [given.start, given.end].map((moment) => new Date(moment));
    const { ids } = await contacts.updated(start, end);
    const { deletedRecords } = await contacts.deleted(start, end);
    return { kept: ids.includes(kept.id), gone: deletedRecords.some((row) => row.id === gone.id) };
  },

  async externalId() {
    const connected = connection();
    const field = { fullName: `Contact.${given.field}`, label: 'Key', type: 'Text', length: 20, externalId: true, unique: true };
    const made = await connected.metadata.create('CustomField', field);
    const upsert = (HasOptedOutOfEmail) => connected.sobject('Contact')
      .upsert({ [given.field]: 'one', LastName: 'Key', HasOptedOutOfEmail }, given.field);
    const saved = [await upsert(false), await upsert(true)];
    const soql = `SELECT Id, HasOptedOutOfEmail FROM Contact WHERE ${given.field} = 'one'`;
    return { made, saved, rows: (await connected.query(soql)).records };
  },

  async objects() {
    const connected = connection();
    const { sobjects } = await connected.describeGlobal();
    const { DailyApiRequests } = await connected.limits();
    return { names: sobjects.map((each) => each.name), requests: DailyApiRequests };
  },
};

flows[process.argv[2]]().then(
  (answer) => console.log(JSON.stringify(answer)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
