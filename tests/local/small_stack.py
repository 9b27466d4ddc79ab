"""A template and functions of a few lines each, for tests of what carries the real ones."""

from pathlib import Path

TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  DatabaseSecretArn: {Type: String}
  UserPoolArn: {Type: String}
  AllowedOrigin: {Type: String, Default: "http://localhost:1"}
  ExportBucket: {Type: String, Default: ""}
Conditions:
  HasExports: !Not [!Equals [!Ref ExportBucket, ""]]
Globals:
  Function:
    CodeUri: functions/
    Runtime: python3.12
    Timeout: 29
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      OpenApiVersion: 3.0.1
      Auth:
        DefaultAuthorizer: Cognito
        AddDefaultAuthorizerToCorsPreflight: false
        Authorizers: {Cognito: {UserPoolArn: !Ref UserPoolArn}}
      Models: {JsonObject: {type: object}}
      Cors: {AllowOrigin: !Sub "'${AllowedOrigin}'", AllowMethods: "'GET,POST'", MaxAge: "'600'"}
      GatewayResponses:
        UNAUTHORIZED:
          StatusCode: 401
          ResponseParameters: {Headers: {Access-Control-Allow-Origin: !Sub "'${AllowedOrigin}'"}}
          ResponseTemplates: {application/json: '{"title":$context.error.messageString,"status":401}'}
        DEFAULT_5XX:
          ResponseParameters: {Headers: {Access-Control-Allow-Origin: !Sub "'${AllowedOrigin}'"}}
  EchoFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: echo.handler.handler
      AutoPublishAlias: live
      MemorySize: 256
      Environment:
        Variables:
          DATABASE_SECRET_ARN: !Ref DatabaseSecretArn
          QUEUE_URL: !Ref WorkQueue
          QUEUE_ARN: !GetAtt WorkQueue.Arn
          ADDRESS: !Sub "${AllowedOrigin}/${AWS::Region}"
          EXPORTS: !If [HasExports, "some", "none"]
      Events:
        Things:
          Type: Api
          Properties:
            RestApiId: !Ref Api
            Path: /things
            Method: any
            RequestModel: {Model: JsonObject, ValidateBody: true, ValidateParameters: false}
        Thing: {Type: Api, Properties: {RestApiId: !Ref Api, Path: "/things/{id}", Method: get}}
        Special: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /things/special, Method: get}}
        Rest: {Type: Api, Properties: {RestApiId: !Ref Api, Path: "/things/{proxy+}", Method: any}}
        Open:
          Type: Api
          Properties: {RestApiId: !Ref Api, Path: /open, Method: any, Auth: {Authorizer: NONE}}
        Hourly:
          Type: Schedule
          Properties: {Schedule: rate(1 hour), Input: '{"job": "count"}'}
  WorkFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: work.handler.handler
      Timeout: 2
      Events:
        Messages:
          Type: SQS
          Properties:
            Queue: !GetAtt WorkQueue.Arn
            BatchSize: 10
            FunctionResponseTypes: [ReportBatchItemFailures]
            ScalingConfig: {MaximumConcurrency: 3}
  WorkQueue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub ${AWS::StackName}-work
      VisibilityTimeout: 30
      RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadLetterQueue.Arn, maxReceiveCount: 2}
  DeadLetterQueue:
    Type: AWS::SQS::Queue
  EvidenceBucket:
    Type: AWS::S3::Bucket
"""

ECHO = '''
import json, os, sys, time

calls = 0


def handler(event, context):
    """Does what the query's `do` says, and echoes the event otherwise."""
    global calls
    calls += 1
    wish = (event.get("queryStringParameters") or {}).get("do") or event.get("do")
    if wish == "raise":
        raise ValueError("as asked")
    if wish == "exit":
        os._exit(3)
    if wish == "sleep":
        time.sleep(30)
    if wish == "no status":
        return {"body": "x"}
    if wish == "not json":
        return {"statusCode": 200, "body": object()}
    if wish == "large":
        return {"statusCode": 200, "body": "x" * (6 * 2**20)}
    if wish == "binary":
        return {"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}
    if wish == "cookies":
        return {
            "statusCode": 201,
            "headers": {"set-cookie": "lost", "X-One": 1},
            "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
        }
    if wish == "environment":
        return dict(os.environ)
    print("handled", wish)
    return {
        "statusCode": 200,
        "body": json.dumps(
            {
                "event": event,
                "pid": os.getpid(),
                "calls": calls,
                "context": {
                    "name": context.function_name,
                    "memory": context.memory_limit_in_mb,
                    "request": context.aws_request_id,
                    "arn": context.invoked_function_arn,
                    "left": context.get_remaining_time_in_millis(),
                },
            }
        ),
    }
'''

WORK = """
def handler(event, context):
    return {"batchItemFailures": [
        {"itemIdentifier": record["messageId"]} for record in event["Records"] if "bad" in record["body"]
    ]}
"""


def write_small_stack(root: Path) -> Path:
    """The path of the template."""
    for name, source in {"echo": ECHO, "work": WORK}.items():
        folder = root / "functions" / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
        (folder / "handler.py").write_text(source)
    template = root / "template.yaml"
    template.write_text(TEMPLATE)
    return template
