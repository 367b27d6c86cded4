// Storage accounts are made while Azurite runs, which reads a list of its own once: to it every name is an account, with the key of the usual one.
// What was not made has no containers.
const path = require("path");
const { default: Accounts } = require(path.join(path.dirname(process.argv[1]), "../common/AccountDataStore"));

const listed = Accounts.prototype.getAccount;
Accounts.prototype.getAccount = function (name) {
  return listed.call(this, name) ?? { ...listed.call(this, "devstoreaccount1"), name };
};
