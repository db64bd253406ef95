// What jsforce is made to do: one function a flow, named on the command line.
// Facts and arguments come as one JSON object; the answer is one JSON object on stdout.
'use strict';

const fs = require('node:fs');
const jsforce = require('jsforce');

const { facts, given } = JSON.parse(fs.readFileSync(0, 'utf8'));
const version = '63.0';

function connection(url = facts.instance_url) {
  const connected = new jsforce.Connection({ instanceUrl: url, accessToken: facts.access_token, version });
  connected.metadata.pollInterval = 200;
  connected.metadata.pollTimeout = 60000;
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
    connected.bulk2.pollInterval = 500;
    connected.bulk2.pollTimeout = 60000;
    const load = (operation, input) => connected.bulk2.loadAndWaitForResults({ object: 'Contact', operation, input });
    const made = await load('insert', given.rows);
    const ids = made.successfulResults.map((row) => row.sf__Id);
    const updated = await load('update', ids.map((Id) => ({ Id, HasOptedOutOfEmail: true })));
    const exported = await (await connected.bulk2.query('SELECT Id FROM Contact')).toArray();
    const removed = await load('delete', ids.map((Id) => ({ Id })));
    return { made, updated, removed, exported: exported.length };
  },

  async refused() {
    try {
      await connection().query('SELECT Nobody__c FROM Contact');
    } catch (error) {
      return { code: error.errorCode, message: error.message };
    }
    return {};
  },
};

flows[process.argv[2]]().then(
  (answer) => console.log(JSON.stringify(answer)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
