//! Prints what the SDK's IMDS client reads: document, region, user-data, or a path below meta-data.

use aws_config::imds::{region::ImdsRegionProvider, Client};

type Failure = Box<dyn std::error::Error>;

async fn read(what: &str) -> Result<String, Failure> {
    let path = match what {
        "region" => {
            let region = ImdsRegionProvider::builder().build().region().await;
            return Ok(region.ok_or("there is no region")?.to_string());
        }
        "document" => "/latest/dynamic/instance-identity/document".to_owned(),
        "user-data" => "/latest/user-data".to_owned(),
        path => format!("/latest/meta-data/{path}"),
    };
    let text = Client::builder().build().get(path).await?;
    Ok(text.as_ref().to_owned())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let what = std::env::args().nth(1).ok_or("usage: metadata WHAT")?;
    print!("{}", read(&what).await?);
    Ok(())
}
