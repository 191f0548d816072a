// Command metadata prints what the SDK's IMDS client reads: document, region, user-data, or a path below meta-data.
package main

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
)

func read(ctx context.Context, client *imds.Client, what string) (string, error) {
	switch what {
	case "document":
		answer, err := client.GetInstanceIdentityDocument(ctx, nil)
		if err != nil {
			return "", err
		}
		text, err := json.Marshal(answer.InstanceIdentityDocument)
		return string(text), err
	case "region":
		answer, err := client.GetRegion(ctx, nil)
		if err != nil {
			return "", err
		}
		return answer.Region, nil
	case "user-data":
		answer, err := client.GetUserData(ctx, nil)
		if err != nil {
			return "", err
		}
		return all(answer.Content)
	default:
		answer, err := client.GetMetadata(ctx, &imds.GetMetadataInput{Path: what})
		if err != nil {
			return "", err
		}
		return all(answer.Content)
	}
}

func all(content io.ReadCloser) (string, error) {
	defer content.Close()
	text, err := io.ReadAll(content)
	return string(text), err
}

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	text, err := read(ctx, imds.NewFromConfig(cfg), os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	os.Stdout.WriteString(text)
}
