BEGIN TRANSACTION;
CREATE TABLE "Account" ("Id" TEXT PRIMARY KEY NOT NULL, "IsDeleted" INTEGER, "MasterRecordId" TEXT, "Name" TEXT, "Type" TEXT, "BillingStreet" TEXT, "BillingCity" TEXT, "BillingState" TEXT, "BillingPostalCode" TEXT, "BillingCountry" TEXT, "Phone" TEXT, "Fax" TEXT, "Website" TEXT, "Industry" TEXT, "Description" TEXT, "RecordTypeId" TEXT, "OwnerId" TEXT, "IsPersonAccount" INTEGER, "PersonContactId" TEXT, "CreatedDate" TEXT, "CreatedById" TEXT, "LastModifiedDate" TEXT, "LastModifiedById" TEXT, "SystemModstamp" TEXT);
CREATE TABLE "Contact" ("Id" TEXT PRIMARY KEY NOT NULL, "IsDeleted" INTEGER, "MasterRecordId" TEXT, "AccountId" TEXT, "Salutation" TEXT, "FirstName" TEXT, "LastName" TEXT, "Name" TEXT, "MailingStreet" TEXT, "MailingCity" TEXT, "MailingState" TEXT, "MailingPostalCode" TEXT, "MailingCountry" TEXT, "OtherStreet" TEXT, "OtherCity" TEXT, "OtherState" TEXT, "OtherPostalCode" TEXT, "OtherCountry" TEXT, "Phone" TEXT, "Fax" TEXT, "MobilePhone" TEXT, "HomePhone" TEXT, "OtherPhone" TEXT, "AssistantPhone" TEXT, "ReportsToId" TEXT, "Email" TEXT, "Title" TEXT, "Department" TEXT, "AssistantName" TEXT, "LeadSource" TEXT, "Birthdate" TEXT, "Description" TEXT, "HasOptedOutOfEmail" INTEGER, "HasOptedOutOfFax" INTEGER, "DoNotCall" INTEGER, "RecordTypeId" TEXT, "OwnerId" TEXT, "EmailBouncedReason" TEXT, "EmailBouncedDate" TEXT, "IsEmailBounced" INTEGER, "IsPersonAccount" INTEGER, "CreatedDate" TEXT, "CreatedById" TEXT, "LastModifiedDate" TEXT, "LastModifiedById" TEXT, "SystemModstamp" TEXT);
CREATE TABLE "FieldPermissions" ("Id" TEXT PRIMARY KEY NOT NULL, "ParentId" TEXT, "SobjectType" TEXT, "Field" TEXT, "PermissionsRead" INTEGER, "PermissionsEdit" INTEGER, "SystemModstamp" TEXT);
CREATE TABLE "InstalledSubscriberPackage" ("Id" TEXT PRIMARY KEY NOT NULL, "SubscriberPackageId" TEXT, "SubscriberPackageVersionId" TEXT);
CREATE TABLE "Lead" ("Id" TEXT PRIMARY KEY NOT NULL, "IsDeleted" INTEGER, "MasterRecordId" TEXT, "Salutation" TEXT, "FirstName" TEXT, "LastName" TEXT, "Name" TEXT, "Title" TEXT, "Street" TEXT, "City" TEXT, "State" TEXT, "PostalCode" TEXT, "Country" TEXT, "Phone" TEXT, "MobilePhone" TEXT, "Fax" TEXT, "Email" TEXT, "Website" TEXT, "Description" TEXT, "LeadSource" TEXT, "Industry" TEXT, "Rating" TEXT, "HasOptedOutOfEmail" INTEGER, "HasOptedOutOfFax" INTEGER, "DoNotCall" INTEGER, "Company" TEXT, "Status" TEXT, "RecordTypeId" TEXT, "OwnerId" TEXT, "EmailBouncedReason" TEXT, "EmailBouncedDate" TEXT, "IsConverted" INTEGER, "ConvertedDate" TEXT, "ConvertedAccountId" TEXT, "ConvertedContactId" TEXT, "CreatedDate" TEXT, "CreatedById" TEXT, "LastModifiedDate" TEXT, "LastModifiedById" TEXT, "SystemModstamp" TEXT);
CREATE TABLE "MutingPermissionSet" ("Id" TEXT PRIMARY KEY NOT NULL, "DeveloperName" TEXT, "MasterLabel" TEXT, "PermissionsApiEnabled" INTEGER, "PermissionsApiUserOnly" INTEGER, "PermissionsAssignPermissionSets" INTEGER, "PermissionsAuthorApex" INTEGER, "PermissionsBulkApiHardDelete" INTEGER, "PermissionsConvertLeads" INTEGER, "PermissionsCustomizeApplication" INTEGER, "PermissionsEditReadonlyFields" INTEGER, "PermissionsManageProfilesPermissionsets" INTEGER, "PermissionsManageUsers" INTEGER, "PermissionsModifyAllData" INTEGER, "PermissionsModifyMetadata" INTEGER, "PermissionsSendNonCommercialEmail" INTEGER, "PermissionsViewAllData" INTEGER, "PermissionsViewAllProfiles" INTEGER, "PermissionsViewAllUsers" INTEGER, "PermissionsViewSetup" INTEGER, "CreatedDate" TEXT, "CreatedById" TEXT, "LastModifiedDate" TEXT, "LastModifiedById" TEXT, "SystemModstamp" TEXT);
CREATE TABLE "ObjectPermissions" ("Id" TEXT PRIMARY KEY NOT NULL, "ParentId" TEXT, "SobjectType" TEXT, "PermissionsCreate" INTEGER, "PermissionsRead" INTEGER, "PermissionsEdit" INTEGER, "PermissionsDelete" INTEGER, "PermissionsViewAllRecords" INTEGER, "PermissionsModifyAllRecords" INTEGER, "CreatedDate" TEXT, "CreatedById" TEXT, "LastModifiedDate" TEXT, "LastModifiedById" TEXT, "SystemModstamp" TEXT);
CREATE TABLE "Organization" ("Id" TEXT PRIMARY KEY NOT NULL, "Name" TEXT, "OrganizationType" TEXT, "IsSandbox" INTEGER, "InstanceName" TEXT, "NamespacePrefix" TEXT, "TrialExpirationDate" TEXT, "LanguageLocaleKey" TEXT, "DefaultLocaleSidKey" TEXT, "TimeZoneSidKey" TEXT, "CreatedDate" TEXT, "CreatedById" TEXT, "LastModifiedDate" TEXT, "LastModifiedById" TEXT, "SystemModstamp" TEXT);
CREATE TABLE "PackageLicense" ("Id" TEXT PRIMARY KEY NOT NULL, "NamespacePrefix" TEXT, "Status" TEXT, "AllowedLicenses" INTEGER, "UsedLicenses" INTEGER, "CreatedDate" TEXT, "CreatedById" TEXT, "LastModifiedDate" TEXT, "LastModifiedById" TEXT, "SystemModstamp" TEXT);
CREATE TABLE "PermissionSet" ("Id" TEXT PRIMARY KEY NOT NULL, "Name" TEXT, "Label" TEXT, "Description" TEXT, "NamespacePrefix" TEXT, "Type" TEXT, "IsOwnedByProfile" INTEGER, "IsCustom" INTEGER, "HasActivationRequired" INTEGER, "ProfileId" TEXT, "PermissionSetGroupId" TEXT, "LicenseId" TEXT, "PermissionsApiEnabled" INTEGER, "PermissionsApiUserOnly" INTEGER, "PermissionsAssignPermissionSets" INTEGER, "PermissionsAuthorApex" INTEGER, "PermissionsBulkApiHardDelete" INTEGER, "PermissionsConvertLeads" INTEGER, "PermissionsCustomizeApplication" INTEGER, "PermissionsEditReadonlyFields" INTEGER, "PermissionsManageProfilesPermissionsets" INTEGER, "PermissionsManageUsers" INTEGER, "PermissionsModifyAllData" INTEGER, "PermissionsModifyMetadata" INTEGER, "PermissionsSendNonCommercialEmail" INTEGER, "PermissionsViewAllData" INTEGER, "PermissionsViewAllProfiles" INTEGER, "PermissionsViewAllUsers" INTEGER, "PermissionsViewSetup" INTEGER, "CreatedDate" TEXT, "CreatedById" TEXT, "LastModifiedDate" TEXT, "LastModifiedById" TEXT, "SystemModstamp" TEXT);
CREATE TABLE "PermissionSetAssignment" ("Id" TEXT PRIMARY KEY NOT NULL, "AssigneeId" TEXT, "PermissionSetId" TEXT, "PermissionSetGroupId" TEXT, "IsActive" INTEGER, "ExpirationDate" TEXT, "SystemModstamp" TEXT);
CREATE TABLE "PermissionSetGroup" ("Id" TEXT PRIMARY KEY NOT NULL, "DeveloperName" TEXT, "MasterLabel" TEXT, "NamespacePrefix" TEXT, "Status" TEXT, "HasActivationRequired" INTEGER, "Description" TEXT, "CreatedDate" TEXT, "CreatedById" TEXT, "LastModifiedDate" TEXT, "LastModifiedById" TEXT, "SystemModstamp" TEXT);
CREATE TABLE "PermissionSetGroupComponent" ("Id" TEXT PRIMARY KEY NOT NULL, "PermissionSetGroupId" TEXT, "PermissionSetId" TEXT, "CreatedDate" TEXT, "CreatedById" TEXT, "LastModifiedDate" TEXT, "LastModifiedById" TEXT, "SystemModstamp" TEXT);
CREATE TABLE "Profile" ("Id" TEXT PRIMARY KEY NOT NULL, "Name" TEXT, "Description" TEXT, "UserType" TEXT, "UserLicenseId" TEXT, "CreatedDate" TEXT, "CreatedById" TEXT, "LastModifiedDate" TEXT, "LastModifiedById" TEXT, "SystemModstamp" TEXT);
CREATE TABLE "RecordType" ("Id" TEXT PRIMARY KEY NOT NULL, "Name" TEXT, "DeveloperName" TEXT, "NamespacePrefix" TEXT, "SobjectType" TEXT, "Description" TEXT, "IsActive" INTEGER, "IsPersonType" INTEGER, "CreatedDate" TEXT, "CreatedById" TEXT, "LastModifiedDate" TEXT, "LastModifiedById" TEXT, "SystemModstamp" TEXT);
CREATE TABLE "SetupAuditTrail" ("Id" TEXT PRIMARY KEY NOT NULL, "Action" TEXT, "Section" TEXT, "Display" TEXT, "DelegateUser" TEXT, "CreatedDate" TEXT, "CreatedById" TEXT);
CREATE TABLE "SubscriberPackage" ("Id" TEXT PRIMARY KEY NOT NULL, "Name" TEXT, "NamespacePrefix" TEXT, "Description" TEXT, "IsPackageValid" INTEGER);
CREATE TABLE "SubscriberPackageVersion" ("Id" TEXT PRIMARY KEY NOT NULL, "SubscriberPackageId" TEXT, "Name" TEXT, "MajorVersion" INTEGER, "MinorVersion" INTEGER, "PatchVersion" INTEGER, "BuildNumber" INTEGER, "IsBeta" INTEGER);
CREATE TABLE "User" ("Id" TEXT PRIMARY KEY NOT NULL, "Username" TEXT, "FirstName" TEXT, "LastName" TEXT, "Name" TEXT, "Alias" TEXT, "Email" TEXT, "Title" TEXT, "Department" TEXT, "IsActive" INTEGER, "UserType" TEXT, "ProfileId" TEXT, "ManagerId" TEXT, "LanguageLocaleKey" TEXT, "LocaleSidKey" TEXT, "TimeZoneSidKey" TEXT, "EmailEncodingKey" TEXT, "LastLoginDate" TEXT, "CreatedDate" TEXT, "CreatedById" TEXT, "LastModifiedDate" TEXT, "LastModifiedById" TEXT, "SystemModstamp" TEXT);
CREATE TABLE app_approval (
    client_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (client_id, user_id));
CREATE TABLE app_policy (
    client_id TEXT PRIMARY KEY, scopes TEXT NOT NULL, refresh_secret INTEGER NOT NULL);
CREATE TABLE audit (
    number INTEGER PRIMARY KEY, request_id TEXT NOT NULL, at TEXT NOT NULL, user_id TEXT NOT NULL,
    action TEXT NOT NULL, subject TEXT NOT NULL, record_id TEXT NOT NULL, changes TEXT NOT NULL);
CREATE TABLE authorization_code (
    code TEXT PRIMARY KEY, client_id TEXT NOT NULL, user_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL, challenge TEXT NOT NULL, ends_at TEXT NOT NULL);
CREATE TABLE bulk_batch (
    job TEXT NOT NULL, number INTEGER NOT NULL, rows INTEGER NOT NULL, problem TEXT NOT NULL,
    done INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (job, number));
CREATE TABLE bulk_job (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, user_id TEXT NOT NULL, version REAL NOT NULL,
    created_at REAL NOT NULL, modified_at REAL NOT NULL, state TEXT NOT NULL, facts TEXT NOT NULL);
CREATE TABLE bulk_result (
    job TEXT NOT NULL, batch INTEGER NOT NULL, outcome TEXT NOT NULL, lines TEXT NOT NULL,
    PRIMARY KEY (job, batch, outcome));
CREATE TABLE component (
    type TEXT NOT NULL, key TEXT NOT NULL, full_name TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
    namespace TEXT NOT NULL, body BLOB NOT NULL, created_by TEXT NOT NULL,
    created_at TEXT NOT NULL, modified_by TEXT NOT NULL, modified_at TEXT NOT NULL,
    PRIMARY KEY (type, key));
CREATE TABLE connected_app (
    client_id TEXT PRIMARY KEY, name TEXT NOT NULL, secret_hash TEXT NOT NULL,
    public_key TEXT NOT NULL, run_as TEXT NOT NULL);
CREATE TABLE custom_field (sobject TEXT NOT NULL, name TEXT NOT NULL, field TEXT NOT NULL,
    PRIMARY KEY (sobject, name));
CREATE TABLE declared (
    kind TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE deploy_job (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL,
    version TEXT NOT NULL, options TEXT NOT NULL, package BLOB NOT NULL, status TEXT NOT NULL,
    created_at REAL NOT NULL, started_at REAL, completed_at REAL, modified_at REAL NOT NULL,
    canceled_by TEXT NOT NULL, validated_id TEXT NOT NULL, total INTEGER NOT NULL,
    result TEXT NOT NULL);
CREATE TABLE extra_access (id TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE fault (
    id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT NOT NULL, code TEXT NOT NULL,
    number REAL NOT NULL, only TEXT NOT NULL, every INTEGER NOT NULL, after INTEGER NOT NULL,
    times INTEGER, seed INTEGER, seen INTEGER NOT NULL DEFAULT 0,
    fired INTEGER NOT NULL DEFAULT 0);
CREATE TABLE grant_use (
    token TEXT PRIMARY KEY, created_at TEXT NOT NULL, used_at TEXT NOT NULL, uses INTEGER NOT NULL);
CREATE TABLE layout_assignment (
    profile_id TEXT NOT NULL, object TEXT NOT NULL, record_type_id TEXT NOT NULL,
    layout_id TEXT NOT NULL, PRIMARY KEY (profile_id, object, record_type_id));
CREATE TABLE login_history (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, at TEXT NOT NULL, login_type TEXT NOT NULL,
    api_type TEXT NOT NULL, api_version TEXT NOT NULL, application TEXT NOT NULL);
CREATE TABLE password (
    user_id TEXT PRIMARY KEY, salt TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE query_locator (code TEXT PRIMARY KEY, user_id TEXT NOT NULL, made_at REAL NOT NULL,
    page TEXT NOT NULL);
CREATE TABLE record_lock (record_id TEXT PRIMARY KEY);
CREATE TABLE refresh_token (
    token TEXT PRIMARY KEY, client_id TEXT NOT NULL, user_id TEXT NOT NULL);
CREATE TABLE retired_token (token TEXT PRIMARY KEY, successor TEXT NOT NULL);
CREATE TABLE retrieve_job (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL,
    version TEXT NOT NULL, request TEXT NOT NULL, created_at REAL NOT NULL, status TEXT NOT NULL,
    result TEXT NOT NULL, zip BLOB NOT NULL);
CREATE TABLE sequence (prefix TEXT PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE session (
    token TEXT PRIMARY KEY, user_id TEXT NOT NULL, client TEXT NOT NULL,
    lifetime_s REAL NOT NULL, ends_at TEXT NOT NULL);
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "setting" VALUES('format','1');
INSERT INTO "setting" VALUES('kept','yes');
CREATE TABLE validation_rule (sobject TEXT NOT NULL, name TEXT NOT NULL, field TEXT NOT NULL,
    message TEXT NOT NULL, active INTEGER NOT NULL, PRIMARY KEY (sobject, name));
CREATE TABLE word_scope (word TEXT PRIMARY KEY, scopes TEXT NOT NULL);
CREATE INDEX "Account_OwnerId" ON "Account" ("OwnerId");
CREATE INDEX "Account_PersonContactId" ON "Account" ("PersonContactId");
CREATE INDEX "Account_SystemModstamp" ON "Account" ("SystemModstamp");
CREATE INDEX "Account_bin" ON "Account" ("SystemModstamp") WHERE "IsDeleted" = 1;
CREATE INDEX "Contact_OwnerId" ON "Contact" ("OwnerId");
CREATE INDEX "Contact_AccountId" ON "Contact" ("AccountId");
CREATE INDEX "Contact_Email" ON "Contact" ("Email" COLLATE NOCASE);
CREATE INDEX "Contact_SystemModstamp" ON "Contact" ("SystemModstamp");
CREATE INDEX "Contact_bin" ON "Contact" ("SystemModstamp") WHERE "IsDeleted" = 1;
CREATE INDEX "Lead_OwnerId" ON "Lead" ("OwnerId");
CREATE INDEX "Lead_Email" ON "Lead" ("Email" COLLATE NOCASE);
CREATE INDEX "Lead_SystemModstamp" ON "Lead" ("SystemModstamp");
CREATE INDEX "Lead_bin" ON "Lead" ("SystemModstamp") WHERE "IsDeleted" = 1;
CREATE INDEX "User_ProfileId" ON "User" ("ProfileId");
CREATE INDEX "User_Username" ON "User" ("Username");
CREATE INDEX "PermissionSet_ProfileId" ON "PermissionSet" ("ProfileId");
CREATE INDEX "PermissionSet_Name" ON "PermissionSet" ("Name");
CREATE INDEX "PermissionSetAssignment_AssigneeId" ON "PermissionSetAssignment" ("AssigneeId");
CREATE INDEX "PermissionSetAssignment_PermissionSetId" ON "PermissionSetAssignment" ("PermissionSetId");
CREATE INDEX "PermissionSetGroupComponent_PermissionSetGroupId" ON "PermissionSetGroupComponent" ("PermissionSetGroupId");
CREATE INDEX "ObjectPermissions_ParentId_SobjectType" ON "ObjectPermissions" ("ParentId", "SobjectType");
CREATE INDEX "FieldPermissions_ParentId_SobjectType" ON "FieldPermissions" ("ParentId", "SobjectType");
CREATE INDEX "FieldPermissions_SobjectType_Field" ON "FieldPermissions" ("SobjectType", "Field");
CREATE INDEX "RecordType_SobjectType" ON "RecordType" ("SobjectType");
CREATE INDEX "SetupAuditTrail_CreatedDate" ON "SetupAuditTrail" ("CreatedDate");
DELETE FROM "sqlite_sequence";
COMMIT;
