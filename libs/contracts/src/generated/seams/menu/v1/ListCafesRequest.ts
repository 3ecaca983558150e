// Original file: protos/seams/menu/v1/menu.proto


export interface ListCafesRequestInput {
}

export interface ListCafesRequest {
}
