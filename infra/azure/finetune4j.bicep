// What jobs of finetune4j need at Azure Machine Learning. finetune4j.json beside it says the same.

@description('Name of the workspace. One that was deleted is kept for 14 days with its name: choose another, or purge it.')
@minLength(3)
@maxLength(33)
param workspaceName string = 'finetune4j'

@description('Region of everything.')
param location string = resourceGroup().location

@description('Object id of whoever launches jobs; empty where an owner launches them, who still needs a role that reads and writes blobs.')
param callerId string = ''

@description('What the caller is.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param callerType string = 'User'

@description('Ids of roles that the caller has there already, with commas between, which are not assigned again: Azure takes none twice.')
param heldRoles string = ''

@description('Part of the names of storage account and key vault. Raise it where the vault\'s name is still held by one that was deleted.')
@minValue(1)
param generation int = 1

@description('Size of a cluster\'s machines, such as Standard_NC24ads_A100_v4; empty for no cluster: jobs run on serverless machines.')
param clusterMachine string = ''

@description('Most machines of the cluster at once. It has none while there is no job.')
@minValue(1)
param clusterNodes int = 1

@description('Whether its machines may be taken back. Cannot be changed later.')
@allowed(['Dedicated', 'LowPriority'])
param clusterPriority string = 'Dedicated'

@description('Amount of a month, in the currency of the bill, of which mails tell at 80 and 100 percent; 0 for none. It stops nothing.')
@minValue(0)
param budget int = 0

@description('Who gets these mails.')
param budgetMail string = ''

@description('First day of its first month.')
param budgetStart string = utcNow('yyyy-MM-01')

var unique = uniqueString(resourceGroup().id, workspaceName, string(generation))
var storageName = 'ft4j${unique}'
var vaultName = 'ft4j-${unique}'
var identityName = '${workspaceName}-job'
var containerName = 'finetune4j'
var datastoreName = 'finetune4j'
var clusterName = 'finetune4j'
var blobContributor = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')
var dataScientist = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'f6c7c914-8db3-469d-8ca1-694a8f32e121')
var identityOperator = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'f1a07417-d97a-45cb-824c-7a7467783830')

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: storageName
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    supportsHttpsTrafficOnly: true
    minimumTlsVersion: 'TLS1_2'
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: storage
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: containerName
  properties: {
    publicAccess: 'None'
  }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: vaultName
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
  }
}

resource jobIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: identityName
  location: location
}

resource workspace 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: workspaceName
  location: location
  identity: {
    type: 'SystemAssigned,UserAssigned'
    userAssignedIdentities: {
      '${jobIdentity.id}': {}
    }
  }
  sku: {
    name: 'Basic'
    tier: 'Basic'
  }
  properties: {
    friendlyName: 'finetune4j'
    storageAccount: storage.id
    keyVault: vault.id
    systemDatastoresAuthMode: 'identity'
    publicNetworkAccess: 'Enabled'
  }
}

resource datastore 'Microsoft.MachineLearningServices/workspaces/datastores@2024-10-01' = {
  parent: workspace
  name: datastoreName
  dependsOn: [container]
  properties: {
    datastoreType: 'AzureBlob'
    description: 'Files of finetune4j\'s jobs'
    accountName: storageName
    containerName: containerName
    endpoint: environment().suffixes.storage
    protocol: 'https'
    serviceDataAccessAuthIdentity: 'WorkspaceSystemAssignedIdentity'
    credentials: {
      credentialsType: 'None'
    }
  }
}

resource cluster 'Microsoft.MachineLearningServices/workspaces/computes@2024-10-01' = if (!empty(clusterMachine)) {
  parent: workspace
  name: clusterName
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${jobIdentity.id}': {}
    }
  }
  properties: {
    computeType: 'AmlCompute'
    disableLocalAuth: true
    properties: {
      vmSize: clusterMachine
      vmPriority: clusterPriority
      remoteLoginPortPublicAccess: 'Disabled'
      scaleSettings: {
        minNodeCount: 0
        maxNodeCount: clusterNodes
        nodeIdleTimeBeforeScaleDown: 'PT2M'
      }
    }
  }
}

resource jobFiles 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: container
  name: guid(container.id, jobIdentity.id, 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')
  properties: {
    roleDefinitionId: blobContributor
    principalId: jobIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource callerFiles 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(callerId) && !contains(heldRoles, 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')) {
  scope: container
  name: guid(container.id, callerId, 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')
  properties: {
    roleDefinitionId: blobContributor
    principalId: callerId
    principalType: callerType
  }
}

resource callerJobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(callerId) && !contains(heldRoles, 'f6c7c914-8db3-469d-8ca1-694a8f32e121')) {
  scope: workspace
  name: guid(workspace.id, callerId, 'f6c7c914-8db3-469d-8ca1-694a8f32e121')
  properties: {
    roleDefinitionId: dataScientist
    principalId: callerId
    principalType: callerType
  }
}

resource callerIdentity 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(callerId) && !contains(heldRoles, 'f1a07417-d97a-45cb-824c-7a7467783830')) {
  scope: jobIdentity
  name: guid(jobIdentity.id, callerId, 'f1a07417-d97a-45cb-824c-7a7467783830')
  properties: {
    roleDefinitionId: identityOperator
    principalId: callerId
    principalType: callerType
  }
}

resource spending 'Microsoft.Consumption/budgets@2023-11-01' = if (budget > 0) {
  name: '${workspaceName}-month'
  properties: {
    category: 'Cost'
    amount: budget
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: budgetStart
    }
    notifications: {
      near: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: [budgetMail]
      }
      reached: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Actual'
        contactEmails: [budgetMail]
      }
    }
  }
}

output subscription string = subscription().subscriptionId
output resourceGroup string = resourceGroup().name
output workspace string = workspace.name
output region string = location
output store string = '${storage.properties.primaryEndpoints.blob}${containerName}/finetune4j'
output datastore string = datastoreName
output identity string = jobIdentity.properties.clientId
output compute string = empty(clusterMachine) ? '' : clusterName
